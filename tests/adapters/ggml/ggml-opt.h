/* SPDX-License-Identifier: MIT */
/* What pacer/adapters/ggml.hpp uses of ggml-opt.h, as it is in ggml 0.21.0 (August 2026), for tests where there is no
   ggml. */
#ifndef PACER_TESTS_ADAPTERS_GGML_OPT_H
#define PACER_TESTS_ADAPTERS_GGML_OPT_H

#ifdef __cplusplus
extern "C" {
#endif

struct ggml_opt_optimizer_params {
    struct {
        float alpha;
        float beta1;
        float beta2;
        float eps;
        float wd;
    } adamw;
    struct {
        float alpha;
        float wd;
    } sgd;
};

typedef struct ggml_opt_optimizer_params (*ggml_opt_get_optimizer_params)(void* userdata);

struct ggml_opt_optimizer_params ggml_opt_get_default_optimizer_params(void* userdata);

#ifdef __cplusplus
}
#endif

#endif
