// SPDX-License-Identifier: MIT
// What build_wasm.sh makes of api.cpp.
declare module '*/build/pacer.js' {
    export interface Module {
        HEAP32: Int32Array;
        HEAPU8: Uint8Array;
        HEAPF64: Float64Array;
        UTF8ToString(at: number): string;
        stringToUTF8(text: string, at: number, size: number): void;
        lengthBytesUTF8(text: string): number;
        _malloc(size: number): number;
        _free(at: number): void;
        _pacer_describe(): number;
        _pacer_text_of_error(): number;
        _pacer_parse(text: number): number;
        _pacer_release(id: number): void;
        _pacer_text(id: number): number;
        _pacer_convert(id: number, target: number): number;
        _pacer_lint(id: number): number;
        _pacer_tree(id: number): number;
        _pacer_total_steps(id: number): number;
        _pacer_rate(id: number, step: number): number;
        _pacer_landmarks(id: number, until: number): number;
        _pacer_sample(ids: number, count: number, from: number, until: number, columns: number): number;
        _pacer_sampled_steps(): number;
        _pacer_sampled_rates(): number;
        _pacer_go_on(saved: number, wanted: number, how: number, at: number, over: number, to: number,
                     shape: number): number;
        _pacer_differences(saved: number, wanted: number): number;
        _pacer_checkpoint(text: number, size: number): number;
        _pacer_checkpoint_position(): number;
        _pacer_reads_yaml(): number;
        _pacer_trainers(): number;
        _pacer_facts(total: number, examples: number, batches: number, tokens: number, sequence: number, world: number,
                     trainer: number, as: number): void;
        _pacer_recipe(bytes: number, size: number, name: number): number;
        _pacer_release_recipe(id: number): void;
        _pacer_resolve(id: number): number;
        _pacer_log(bytes: number, size: number, name: number, tag: number): number;
        _pacer_release_log(id: number): void;
        _pacer_is_event_file(bytes: number, size: number): number;
        _pacer_log_about(id: number): number;
        _pacer_log_steps(id: number): number;
        _pacer_log_rates(id: number): number;
        _pacer_identify(id: number): number;
        _pacer_replay(recipe: number, log: number): number;
        _pacer_expected(): number;
        _pacer_explained(): number;
    }
    export interface Options {
        instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void): object;
    }
    export default function load(options: Options): Promise<Module>;
}
declare module '*/build/pacer.wasm?url' {
    const url: string;
    export default url;
}
