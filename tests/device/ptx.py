# SPDX-License-Identifier: MIT
"""Runs PTX, the assembly language of NVIDIA's devices, one thread at a time: as much of it as a schedule needs.

Only instructions whose result IEEE 754 fixes to the last bit are known, so that a program which can be read here has
one result on every device. A product that may be fused with a sum (`fma`, or `mul` without `.rn`) is refused, unless
one factor is a power of two; so is anything approximate. A call and local memory are refused, too, except for functions
that are asked for by name, which take and give numbers.
"""
import math
import re
import struct
from fractions import Fraction

PACK = {"f64": "<d", "f32": "<f"}
INFINITE = float("inf")
CONSTANTS = 1 << 32  # where the file's arrays begin in the device's memory
SLOT = re.compile(r"^(?:param|retval|func_retval)\d+$")  # what a call passes


class Refused(Exception):
    """An instruction whose result is not the host's for certain."""


def size_of(kind):
    return 1 if kind == "pred" else int(kind[1:])


def to_value(bits, kind):
    """Bits of a register as a number of that kind."""
    if kind[0] == "f":
        value = struct.unpack(PACK[kind], bits.to_bytes(size_of(kind) // 8, "little"))[0]
        if value != value:
            raise Refused("a NaN")
        return value
    size = size_of(kind)
    bits &= (1 << size) - 1
    return bits - (1 << size) if kind[0] == "s" and bits >> (size - 1) else bits


def to_bits(value, kind):
    """A number as bits of a register, rounded to that kind."""
    if kind == "f32":
        try:
            return int.from_bytes(struct.pack("<f", value), "little")
        except OverflowError:
            return 0x7F800000 if value > 0 else 0xFF800000
    if kind == "f64":
        return int.from_bytes(struct.pack("<d", value), "little")
    return int(value) & ((1 << size_of(kind)) - 1)


def divide(a, b):
    if b == 0:
        return math.copysign(INFINITE, a) * math.copysign(1, b)
    return a / b


def times_power_of_two_plus(a, b, c):
    return float(Fraction(a) * Fraction(b) + Fraction(c))


def remainder(a, b):
    return a - b * (abs(a) // abs(b)) * (1 if (a < 0) == (b < 0) else -1)


def quotient(a, b):
    return (abs(a) // abs(b)) * (1 if (a < 0) == (b < 0) else -1)


def truncated(value, kind):
    """cvt.rzi: towards 0, to the nearest end if it does not fit."""
    size = size_of(kind)
    low, high = (-(1 << (size - 1)), (1 << (size - 1)) - 1) if kind[0] == "s" else (0, (1 << size) - 1)
    return low if value <= low else high if value >= high else int(value)


FLOAT = {"add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b, "div": divide,
         "rcp": lambda a: divide(1.0, a), "sqrt": math.sqrt, "neg": lambda a: -a, "abs": abs, "min": min, "max": max}
INTEGER = {"add": lambda a, b: a + b, "sub": lambda a, b: a - b, "rem": remainder, "div": quotient,
           "min": min, "max": max, "neg": lambda a: -a, "and": lambda a, b: a & b,
           "or": lambda a, b: a | b, "xor": lambda a, b: a ^ b,
           "clz": lambda a: 64 - a.bit_length(), "popc": lambda a: bin(a).count("1"),
           "bfe": lambda a, start, count: a >> start & ((1 << count) - 1),
           "not": lambda a: ~a, "shl": lambda a, b: a << b if b < 64 else 0, "shr": lambda a, b: a >> min(b, 64)}
COMPARE = {"lt": lambda a, b: a < b, "le": lambda a, b: a <= b, "gt": lambda a, b: a > b, "ge": lambda a, b: a >= b,
           "eq": lambda a, b: a == b, "ne": lambda a, b: a != b}
for name in list(COMPARE):
    COMPARE[name + "u"] = COMPARE[name]  # "or one of them is a NaN": there is none
for name, signed in {"lo": "lt", "ls": "le", "hi": "gt", "hs": "ge"}.items():
    COMPARE[name] = COMPARE[signed]
KIND = re.compile(r"^(?:[fsbu](?:8|16|32|64)|pred)$")


def is_power_of_two(operand):
    """Whether an operand is a constant by which a product is exact."""
    if not re.fullmatch(r"0d[0-9A-Fa-f]{16}|0f[0-9A-Fa-f]{8}", operand):
        return False
    kind = "f64" if operand[1] == "d" else "f32"
    return abs(math.frexp(to_value(int(operand[2:], 16), kind))[0]) == 0.5


class File:
    """What the kernels share: functions by name, and arrays by where they are in `constants`."""

    def __init__(self):
        self.functions = {}
        self.arrays = {}
        self.constants = b""

    def add_array(self, name, alignment, kind, count, values):
        size = size_of(kind) // 8
        self.constants += bytes(-len(self.constants) % alignment)
        self.arrays[name] = CONSTANTS + len(self.constants)
        content = b"".join(to_bits(int(value, 0), kind).to_bytes(size, "little") for value in values)
        self.constants += content.ljust(size * count, b"\0")


class Kernel:
    """One .entry, or .func: its instructions as functions of the thread's state."""

    def __init__(self, file, name, parameters, body, is_function=False):
        self.file = file
        self.name = name
        self.may_pass = is_function or bool(file.functions)
        self.local = {}
        self.local_size = 0
        self.offsets = {}
        offset = 0
        for alignment, size, parameter in parameters:
            offset = (offset + alignment - 1) // alignment * alignment
            self.offsets[parameter] = offset
            offset += size
        self.labels = {}
        self.code = []
        for statement in body:
            statement = statement.strip("{} \t\n") if statement[0] in "{}" else statement  # the scope of a call
            local = re.fullmatch(r"\.local\s+\.align\s+\d+\s+\.b8\s+(\w+)\[(\d+)\]", statement)
            if local and is_function and not self.local:
                self.local[local[1]] = 0
                self.local_size = int(local[2])
            elif not statement:
                pass
            elif statement.endswith(":"):
                self.labels[statement[:-1]] = len(self.code)
            elif not statement.startswith("."):
                self.code.append(self.read(statement))
            elif not re.match(r"\.(reg|pragma)\b", statement) and not self.is_slot(statement):
                raise Refused(f"{name}: {statement}")

    def is_slot(self, statement):
        return self.may_pass and re.fullmatch(r"\.param \.b(32|64) (param|retval)\d+", statement)

    def read(self, statement):
        guard, op, rest = re.fullmatch(r"(?:@(!?%\w+)\s+)?([\w.:]+)\s*(.*)", statement, re.S).groups()
        operands = [part.strip() for part in re.findall(r"\{[^}]*\}|\[[^\]]*\]|[^,\s][^,]*", rest) if part.strip()]
        try:
            action = self.call(rest) if op == "call.uni" else self.action(op.split("."), operands)
        except (KeyError, IndexError, ValueError):
            raise Refused(f"{self.name}: {statement}: not known to be exact") from None
        if guard is None:
            return action
        name, wanted = guard.lstrip("!"), 0 if guard[0] == "!" else 1
        return lambda state: action(state) if state[name] == wanted else None

    def call(self, text):
        result, name, given = re.fullmatch(r"\((\w+)\),\s*([\w$]+),\s*\(([^)]*)\)", text).groups()
        function = self.file.functions[name]
        given = [part.strip() for part in given.split(",")]
        if len(given) != len(function.offsets):
            raise ValueError

        def call(state):
            parameters = bytearray(max(function.offsets.values()) + 8)
            for slot, offset in zip(given, function.offsets.values()):
                value = state[slot].to_bytes(8, "little")
                parameters[offset:offset + 8] = value
            state[result] = function.run(bytes(parameters), state["global"])["func_retval0"]

        return call

    def source(self, operand, kind):
        """A function of the state that gives an operand's value."""
        if operand.startswith("%"):
            return lambda state: to_value(state[operand], kind)
        if operand[:2] in ("0d", "0f"):
            if (operand[1] == "d") != (kind.endswith("64")):
                raise ValueError
            value = to_value(int(operand[2:], 16), kind)
        elif operand in self.offsets:
            value = self.offsets[operand]  # the address of a parameter
        elif operand in self.local or operand in self.file.arrays:
            value = self.local.get(operand, self.file.arrays.get(operand))
        else:
            value = to_value(int(operand, 0), kind)
        return lambda state: value

    def address(self, operand):
        base, plus = re.fullmatch(r"\[([\w%$]+)(?:\+(-?\d+))?\]", operand).groups()
        return base, int(plus or 0)

    def action(self, op, operands):
        head, kinds = op[0], [part for part in op[1:] if KIND.match(part)]
        modes = [part for part in op[1:] if not KIND.match(part)]
        if head == "bra":
            label = operands[0]
            return lambda state: self.labels[label]
        if head == "ret" and not operands:
            return lambda state: len(self.code)
        kind = kinds[0]

        if head in ("ld", "st"):
            return self.access(head, modes, kind, operands)
        if head == "cvta" and modes in (["to", "global"], ["local"], ["to", "local"]):
            return self.compute(kind, operands, lambda a: a, kind)
        if head == "mov" and not modes and "{" not in "".join(operands):
            moved = kind if operands[1][:2] in ("0d", "0f") else re.sub("^[fsu]", "b", kind)
            return self.compute(moved, operands, lambda a: a, moved)
        if head == "cvt":
            return self.convert(kinds, modes, operands)
        if head == "setp" and len(modes) == 1:
            return self.compute(kind, operands, COMPARE[modes[0]], "pred")
        if head == "selp" and not modes:
            a, b = self.source(operands[1], kind), self.source(operands[2], kind)
            choice, target = operands[3], operands[0]

            def select(state):
                state[target] = to_bits((a if state[choice] else b)(state), kind)

            return select
        if kind[0] == "f":
            return self.compute(kind, operands, self.float_operation(head, modes, operands), kind)
        if head == "mul" and modes in (["lo"], ["wide"]):
            result = kind if modes == ["lo"] else kind[0] + str(2 * size_of(kind))
            return self.compute(kind, operands, lambda a, b: a * b, result)
        if head == "mul" and modes == ["hi"]:
            return self.compute(kind, operands, lambda a, b: a * b >> size_of(kind), kind)
        if head == "mad" and modes == ["lo"]:
            return self.compute(kind, operands, lambda a, b, c: a * b + c, kind)
        if head in ("add", "sub", "addc", "subc") and (modes == ["cc"] or (head[-1] == "c" and not modes)):
            return self.carry(head, modes == ["cc"], kind, operands)
        if modes:
            raise KeyError
        if head in ("clz", "popc"):
            if kind != "b64":
                raise KeyError
            return self.compute(kind, operands, INTEGER[head], "b32")
        if head == "bfe" and kind != "u64":
            raise KeyError
        if head in ("shl", "shr"):
            a, n, target = self.source(operands[1], kind), self.source(operands[2], "u32"), operands[0]

            def shift(state):
                state[target] = to_bits(INTEGER[head](a(state), n(state)), kind)

            return shift
        return self.compute(kind, operands, INTEGER[head], kind)

    @staticmethod
    def float_operation(head, modes, operands):
        if head == "fma" and modes == ["rn"] and any(map(is_power_of_two, operands[1:3])):
            return times_power_of_two_plus
        if head == "mul" and modes == [] and any(map(is_power_of_two, operands[1:3])):
            return FLOAT[head]
        rounded = ["rn"] if head in ("mul", "div", "rcp", "sqrt") else []
        if modes != rounded:
            raise KeyError
        return FLOAT[head]

    def compute(self, kind, operands, function, result):
        """target = function(sources), the sources and the result of these kinds."""
        target = operands[0]
        sources = [self.source(operand, kind) for operand in operands[1:]]
        if len(sources) == 1:
            (a,) = sources
            return lambda state: state.__setitem__(target, to_bits(function(a(state)), result))
        if len(sources) == 2:
            a, b = sources
            return lambda state: state.__setitem__(target, to_bits(function(a(state), b(state)), result))
        a, b, c = sources
        return lambda state: state.__setitem__(target, to_bits(function(a(state), b(state), c(state)), result))

    def carry(self, head, sets, kind, operands):
        """Sums and differences that take (addc, subc) or set (.cc) the carry or borrow."""
        unsigned = "u" + kind[1:]
        a, b, target = self.source(operands[1], unsigned), self.source(operands[2], unsigned), operands[0]
        sign, takes = 1 if head[:3] == "add" else -1, head[-1] == "c"

        def compute(state):
            value = a(state) + sign * (b(state) + (state["carry"] if takes else 0))
            state[target] = to_bits(value, unsigned)
            if sets:
                state["carry"] = int(value != state[target])

        return compute

    def convert(self, kinds, modes, operands):
        to, source = kinds
        if to[0] != "f" and source[0] == "f":
            if modes != ["rzi"]:
                raise KeyError
            return self.compute(source, operands, lambda a: truncated(a, to), to)
        exact = to[0] != "f" or (source == "f32" and to == "f64")
        if modes != ([] if exact else ["rn"]):
            raise KeyError
        if to == "f32" and source[0] != "f":
            raise KeyError  # would be rounded twice here
        return self.compute(source, operands, (lambda a: float(a)) if to[0] == "f" else (lambda a: a), to)

    def access(self, head, modes, kind, operands):
        size = size_of(kind) // 8
        count = 1
        if modes[-1:] in (["v2"], ["v4"]):
            count = int(modes.pop()[1])
        if modes not in (["param"], ["global"], ["global", "nc"]) and not (modes == ["local"] and self.local):
            raise KeyError
        registers, where = operands if head == "ld" else operands[::-1]
        registers = [part.strip() for part in registers.strip("{}").split(",")]
        if len(registers) != count:
            raise KeyError
        base, plus = self.address(where)
        if SLOT.match(base) and modes == ["param"] and self.may_pass and count == 1 and plus == 0:
            register, mask = registers[0], (1 << 8 * size) - 1
            if head == "ld":
                return lambda state: state.__setitem__(register, state[base] & mask)
            value = self.source(register, "f64" if kind == "f64" else "u" + kind[1:])
            return lambda state: state.__setitem__(base, to_bits(value(state), kind))
        start = self.source(base, "u64")
        space = modes[0]
        if head == "st" and space == "param":
            raise KeyError

        def load(state):
            memory = state[space]
            at = start(state) + plus
            if space == "global" and at >= CONSTANTS:
                memory = self.file.constants
                at -= CONSTANTS
            if at < 0 or at + count * size > len(memory):
                raise Refused(f"{self.name} reads what is not there")
            for register in registers:
                state[register] = int.from_bytes(memory[at:at + size], "little")
                at += size

        def store(state):
            at = start(state) + plus
            if at < 0 or at + count * size > len(state[space]):
                raise Refused(f"{self.name} writes where nothing is")
            for register in registers:
                state[space][at:at + size] = (state[register] & ((1 << 8 * size) - 1)).to_bytes(size, "little")
                at += size

        return load if head == "ld" else store

    def run(self, parameters, memory):
        """Runs one thread: `parameters` are the bytes of the kernel's arguments, `memory` is the device's. Gives the state
        at its end."""
        state = {"param": parameters, "global": memory, "local": bytearray(self.local_size)}
        at = executed = 0
        while at < len(self.code):
            jump = self.code[at](state)
            at = at + 1 if jump is None else jump
            executed += 1
            if executed > 100_000:
                raise Refused(f"{self.name} does not end")
        return state


def read(text, apart=()):
    """The kernels of a file, by name. They may call functions whose (mangled) names contain one of `apart`, and nothing
    else."""
    text = re.sub(r"//[^\n]*", "", text)
    file = File()
    for match in re.finditer(r"^\.(?:global|const) \.align (\d+) \.(\w+) ([\w$]+)\[(\d+)\] = \{([^}]*)\};", text, re.M):
        file.add_array(match[3], int(match[1]), match[2], int(match[4]), match[5].split(","))
    function = r"\.func\s+\(\.param \.b64 func_retval0\)\s+(\w+)\s*\(([^)]*)\)\s*"
    for name, declared, body in re.findall(function + r"\{(.*?)\n\}", text, re.S):
        if any(part in name for part in apart):
            file.functions[name] = read_body(file, name, declared, body, is_function=True)
    rest = re.sub(function + r"(;|\{.*?\n\})", lambda match: "" if match[1] in file.functions else match[0], text,
                  flags=re.S)
    if re.search(r"\.func\b|\.extern\b", rest):
        raise Refused("a function outside of the kernels")
    kernels = re.findall(r"\.entry\s+(\w+)\s*\(([^)]*)\)[^{]*\{(.*?)\n\}", rest, re.S)
    return {name: read_body(file, name, declared, body) for name, declared, body in kernels}


def read_body(file, name, declared, body, is_function=False):
    parameters = []
    for parameter in declared.split(","):
        alignment, kind, symbol, count = re.fullmatch(
            r"\s*\.param\s+(?:\.align\s+(\d+)\s+)?\.(\w+)\s+(\w+)(?:\[(\d+)\])?\s*", parameter).groups()
        size = size_of(kind) // 8
        parameters.append((int(alignment or size), size * int(count or 1), symbol))
    body = re.sub(r"(^|\n)\s*([\w$]+:)", r"\1\2;", body)
    statements = [part.strip() for part in body.split(";")]
    return Kernel(file, name, parameters, [part for part in statements if part], is_function)
