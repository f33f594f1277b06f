// SPDX-License-Identifier: MIT
// The macros that a program may have before it includes pacer: those of <windows.h>, after standard headers too, which
// undo or avoid some of them.
#include <algorithm>
#include <cmath>
#include <compare>
#include <concepts>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

#define min(a, b) (((a) < (b)) ? (a) : (b))
#define max(a, b) (((a) > (b)) ? (a) : (b))
#define near
#define far
#define small char
#define interface struct
#define IN
#define OUT
#define CONST const
#define ERROR 0
