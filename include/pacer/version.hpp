// SPDX-License-Identifier: MIT
// The version of pacer. This is the one place it is written: CMake and the package files read it from here.
#ifndef PACER_VERSION_HPP
#define PACER_VERSION_HPP

#define PACER_VERSION_MAJOR 0
#define PACER_VERSION_MINOR 1
#define PACER_VERSION_PATCH 0

#endif
