// SPDX-License-Identifier: MIT
#ifndef PACER_DIALECTS_ALL_HPP
#define PACER_DIALECTS_ALL_HPP

/// The one list of dialects: their schedules are the second part of what expressions know.

#include <pacer/dialects/burn.hpp>
#include <pacer/dialects/darknet.hpp>
#include <pacer/dialects/deepspeed.hpp>
#include <pacer/dialects/ensmallen.hpp>
#include <pacer/dialects/fairseq.hpp>
#include <pacer/dialects/hugging_face.hpp>
#include <pacer/dialects/keras.hpp>
#include <pacer/dialects/kohya.hpp>
#include <pacer/dialects/llama_cpp.hpp>
#include <pacer/dialects/llama_factory.hpp>
#include <pacer/dialects/llm_c.hpp>
#include <pacer/dialects/marian.hpp>
#include <pacer/dialects/megatron.hpp>
#include <pacer/dialects/mlx.hpp>
#include <pacer/dialects/mmengine.hpp>
#include <pacer/dialects/olmo_core.hpp>
#include <pacer/dialects/optax.hpp>
#include <pacer/dialects/pytorch.hpp>
#include <pacer/dialects/timm.hpp>
#include <pacer/dialects/torchtitan.hpp>

namespace pacer {

using dialect_schedules =
    detail::joined_dialects<burn::schedules, darknet::schedules, deepspeed::schedules, ensmallen::schedules,
                            fairseq::schedules, hf::functions, keras::schedules, kohya::schedules, llama_cpp::schedules,
                            llama_factory::schedules, llm_c::schedules, marian::schedules, megatron::schedules,
                            mlx::schedules, mmengine::schedules, olmo_core::schedules, optax::schedules,
                            pytorch::schedules, timm::schedules, torchtitan::schedules>::type;

}  // namespace pacer

#endif
