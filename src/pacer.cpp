// SPDX-License-Identifier: MIT
// The library pacer::pacer_compiled: what takes a compiler longest, compiled once, where the headers say PACER_IN_LIBRARY. Units
// that define PACER_COMPILED, which linking the library does, take it from here; all others compile their own. A unit of another
// mode (macros.hpp) than the library's finds nothing here, and does not link.
#undef PACER_COMPILED  // also where all units are compiled with it
#define PACER_COMPILES_LIBRARY

#include <pacer/exact.hpp>
#include <pacer/expression/dialects.hpp>
#include <pacer/training/resume.hpp>
