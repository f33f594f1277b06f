# SPDX-License-Identifier: MIT
# bash completion for pacer. Made by tools/pages.py of what the command says of itself; not to be edited.
_pacer() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} k
    for ((k = 1; k < COMP_CWORD; ++k)); do
        if [[ ${COMP_WORDS[k]} == -- ]]; then
            COMPREPLY=($(compgen -f -- "$word"))
            return
        fi
    done
    if ((COMP_CWORD == 1)); then
        COMPREPLY=($(compgen -W 'list plot diff convert explain lint replay identify --help --version' -- "$word"))
        return
    fi
    case $before in
    --color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
    --colour) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
    --trainer) COMPREPLY=($(compgen -W 'v4_43 v4_48 v4_51 v4 v5' -- "$word")); return ;;
    --to) COMPREPLY=($(compgen -W 'expression cpp hf-yaml pytorch optax megatron deepspeed' -- "$word")); return ;;
    --fail-on) COMPREPLY=($(compgen -W 'note warning error never' -- "$word")); return ;;
    esac
    if [[ $word == -* ]]; then
        case ${COMP_WORDS[1]} in
        list) COMPREPLY=($(compgen -W '--ascii --color --colour --help --json --names --width' -- "$word")) ;;
        plot) COMPREPLY=($(compgen -W '--as --ascii --batches --color --colour --csv --every --examples --from --height --help --html --json --log --no-marks --png --points --scale --sequence-length --svg --tag --title --tokens --total-steps --trainer --until --width --world-size' -- "$word")) ;;
        diff) COMPREPLY=($(compgen -W '--as --ascii --at --batches --color --colour --examples --help --json --no-plot --sequence-length --tag --tokens --total-steps --trainer --width --world-size' -- "$word")) ;;
        convert) COMPREPLY=($(compgen -W '--as --batches --examples --help --sequence-length --to --tokens --total-steps --trainer --world-size' -- "$word")) ;;
        explain) COMPREPLY=($(compgen -W '--as --ascii --batches --color --colour --examples --help --json --sequence-length --tag --tokens --total-steps --trainer --width --world-size' -- "$word")) ;;
        lint) COMPREPLY=($(compgen -W '--as --ascii --batches --color --colour --examples --fail-on --help --ignore --json --rules --run-steps --sequence-length --tokens --total-steps --trainer --width --world-size' -- "$word")) ;;
        replay) COMPREPLY=($(compgen -W '--as --ascii --batches --color --colour --examples --help --json --no-plot --points --sequence-length --state --tag --tokens --total-steps --trainer --width --world-size' -- "$word")) ;;
        identify) COMPREPLY=($(compgen -W '--ascii --color --colour --help --json --no-plot --tag --width' -- "$word")) ;;
        esac
        return
    fi
    COMPREPLY=($(compgen -f -- "$word"))
    case ${COMP_WORDS[1]} in
    list | plot | explain | lint | diff | convert)
        COMPREPLY+=($(compgen -W "$(pacer list --names 2>/dev/null)" -- "$word"))
        ;;
    esac
}
complete -o filenames -F _pacer pacer
