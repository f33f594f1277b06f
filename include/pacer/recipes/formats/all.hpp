// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_FORMATS_ALL_HPP
#define PACER_RECIPES_FORMATS_ALL_HPP

/// The list of the formats that are known by their signature, and of the syntaxes beside JSON, YAML and Markdown.

#include <pacer/recipes/detail/python_literals.hpp>
#include <pacer/recipes/detail/toml.hpp>
#include <pacer/recipes/format.hpp>
#include <pacer/recipes/formats/accelerate_scripts.hpp>
#include <pacer/recipes/formats/axolotl.hpp>
#include <pacer/recipes/formats/command_line.hpp>
#include <pacer/recipes/formats/deepspeed.hpp>
#include <pacer/recipes/formats/gpt_neox.hpp>
#include <pacer/recipes/formats/hugging_face_arguments.hpp>
#include <pacer/recipes/formats/kohya.hpp>
#include <pacer/recipes/formats/llama_factory.hpp>
#include <pacer/recipes/formats/megatron.hpp>
#include <pacer/recipes/formats/mmcv.hpp>
#include <pacer/recipes/formats/mmengine.hpp>
#include <pacer/recipes/formats/ms_swift.hpp>
#include <pacer/recipes/formats/nanotron.hpp>
#include <pacer/recipes/formats/nemo.hpp>
#include <pacer/recipes/formats/olmo.hpp>
#include <pacer/recipes/formats/openrlhf.hpp>
#include <pacer/recipes/formats/torchtitan.hpp>
#include <pacer/recipes/formats/torchtune.hpp>
#include <pacer/recipes/formats/trl.hpp>

#include <array>

namespace pacer::recipes {

inline constexpr std::array other_syntaxes{
    syntax{".sh", &trainers::command_tree}, syntax{".bash", &trainers::command_tree},
    syntax{".toml", &detail::toml_tree<>}, syntax{".py", &trainers::python_configuration}};

/// In the order in which they are asked.
PACER_MODE inline constexpr std::array formats{trainers::ms_swift_format,
                                               trainers::openrlhf_format,
                                               trainers::gpt_neox_format,
                                               trainers::megatron_format,
                                               trainers::llama_board_format,
                                               trainers::llama_factory_v1_format,
                                               trainers::trl_format,
                                               trainers::axolotl_format,
                                               trainers::torchtune_format,
                                               trainers::torchtitan_format,
                                               trainers::kohya_format,
                                               trainers::olmo_format,
                                               trainers::nemo_format,
                                               trainers::nanotron_format,
                                               trainers::mmcv_format,
                                               trainers::mmengine_format,
                                               trainers::deepspeed_format,
                                               trainers::accelerate_format,
                                               trainers::hugging_face_arguments};

}  // namespace pacer::recipes

#endif
