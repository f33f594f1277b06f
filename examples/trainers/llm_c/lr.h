/* SPDX-License-Identifier: MIT */
/* All that a trainer in C sees of pacer: two functions, which lr.cpp has. */
#ifndef LR_H
#define LR_H

#ifdef __cplusplus
extern "C" {
#endif

/* Reads an expression and returns the number of its updates. A wrong one ends the program, with the reason. */
int lr_open(const char* expression);

/* The rate of update number `step`, counted from 0. */
float lr(int step);

#ifdef __cplusplus
}
#endif

#endif
