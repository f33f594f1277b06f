/* SPDX-License-Identifier: MIT */
/* What pacer/adapters/ggml.hpp and docs/adapters.md use of ggml-opt.h, as it is in ggml 0.21.0 (August 2026), for tests where there is no
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

typedef struct ggml_backend_sched* ggml_backend_sched_t;
typedef struct ggml_opt_context* ggml_opt_context_t;
enum ggml_opt_loss_type { GGML_OPT_LOSS_TYPE_CROSS_ENTROPY = 2 };

struct ggml_opt_params {
    ggml_backend_sched_t backend_sched;
    enum ggml_opt_loss_type loss_type;
    ggml_opt_get_optimizer_params get_opt_pars;
    void* get_opt_pars_ud;
};

struct ggml_opt_params ggml_opt_default_params(ggml_backend_sched_t backend_sched, enum ggml_opt_loss_type loss_type);
ggml_opt_context_t ggml_opt_init(struct ggml_opt_params params);

#ifdef __cplusplus
}
#endif

#endif
