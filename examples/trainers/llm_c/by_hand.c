/* SPDX-License-Identifier: MIT */
/* llm.c's own llmc/schedulers.h behind the functions of lr.h, which says what it gave: lr.cpp is compared with it. */
#include "lr.h"

#include <stdio.h>
#include <stdlib.h>

#include "llmc/schedulers.h"

static LearningRateScheduler scheduler;

/* TYPE RATE WARMUP LENGTH FRACTION: what llm.c's train_gpt2.cu has as -k, -l, -u, -x and -q. */
int lr_open(const char* text) {
    static char type[16];
    float rate, fraction;
    int warmup, length;
    if (sscanf(text, "%15s %f %d %d %f", type, &rate, &warmup, &length, &fraction) != 5) {
        fprintf(stderr, "learning rate: not five words: %s\n", text);
        exit(EXIT_FAILURE);
    }
    lr_scheduler_init(&scheduler, type, rate, warmup, length, fraction);
    return length;
}

float lr(int step) {
    float rate = get_learning_rate(&scheduler, step);
    printf("lr %.9g\n", rate);
    return rate;
}
