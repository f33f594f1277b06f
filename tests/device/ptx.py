# SPDX-License-Identifier: MIT
"""Runs PTX, the assembly language of NVIDIA's devices, one thread at a time: as much of it as a schedule needs.

Only instructions whose result IEEE 754 fixes to the last bit are known, so that a program which can be read here has
one result on every device. A product that may be fused with a sum (`fma`, or `mul` without `.rn`) is refused, unless
one factor is a power of two; so is a call, local memory, and anything approximate.
"""
import math
import re
import struct
from fractions import Fraction

PACK = {"f64": "<d", "f32": "<f"}
INFINITE = float("inf")


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


class Kernel:
    """One .entry: its instructions as functions of the thread's state."""

    def __init__(self, name, parameters, body):
        self.name = name
        self.offsets = {}
        offset = 0
        for alignment, size, parameter in parameters:
            offset = (offset + alignment - 1) // alignment * alignment
            self.offsets[parameter] = offset
            offset += size
        self.labels = {}
        self.code = []
        for statement in body:
            if statement.endswith(":"):
                self.labels[statement[:-1]] = len(self.code)
            elif not statement.startswith("."):
                self.code.append(self.read(statement))
            elif not re.match(r"\.(reg|pragma)\b", statement):
                raise Refused(f"{name}: {statement}")

    def read(self, statement):
        guard, op, rest = re.fullmatch(r"(?:@(!?%\w+)\s+)?([\w.:]+)\s*(.*)", statement, re.S).groups()
        operands = [part.strip() for part in re.findall(r"\{[^}]*\}|\[[^\]]*\]|[^,]+", rest) if part.strip()]
        try:
            action = self.action(op.split("."), operands)
        except (KeyError, IndexError, ValueError):
            raise Refused(f"{self.name}: {statement}: not known to be exact") from None
        if guard is None:
            return action
        name, wanted = guard.lstrip("!"), 0 if guard[0] == "!" else 1
        return lambda state: action(state) if state[name] == wanted else None

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
        if head == "cvta" and modes == ["to", "global"]:
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
        if modes:
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
        if modes not in (["param"], ["global"]):
            raise KeyError
        registers, where = operands if head == "ld" else operands[::-1]
        registers = [part.strip() for part in registers.strip("{}").split(",")]
        if len(registers) != count:
            raise KeyError
        base, plus = self.address(where)
        start = self.source(base, "u64")
        space = modes[0]
        if head == "st" and space == "param":
            raise KeyError

        def load(state):
            memory = state[space]
            at = start(state) + plus
            for register in registers:
                state[register] = int.from_bytes(memory[at:at + size], "little")
                at += size

        def store(state):
            at = start(state) + plus
            for register in registers:
                state["global"][at:at + size] = (state[register] & ((1 << 8 * size) - 1)).to_bytes(size, "little")
                at += size

        return load if head == "ld" else store

    def run(self, parameters, memory):
        """Runs one thread: `parameters` are the bytes of the kernel's arguments, `memory` is the device's."""
        state = {"param": parameters, "global": memory}
        at = executed = 0
        while at < len(self.code):
            jump = self.code[at](state)
            at = at + 1 if jump is None else jump
            executed += 1
            if executed > 100_000:
                raise Refused(f"{self.name} does not end")


def read(text):
    """The kernels of a file, by name."""
    text = re.sub(r"//[^\n]*", "", text)
    kernels = {}
    for match in re.finditer(r"\.entry\s+(\w+)\s*\(([^)]*)\)[^{]*\{(.*?)\n\}", text, re.S):
        name, declared, body = match.groups()
        parameters = []
        for parameter in declared.split(","):
            alignment, kind, symbol, count = re.fullmatch(
                r"\s*\.param\s+(?:\.align\s+(\d+)\s+)?\.(\w+)\s+(\w+)(?:\[(\d+)\])?\s*", parameter).groups()
            size = size_of(kind) // 8
            parameters.append((int(alignment or size), size * int(count or 1), symbol))
        body = re.sub(r"(^|\n)\s*([\w$]+:)", r"\1\2;", body)
        statements = [part.strip() for part in body.split(";")]
        kernels[name] = Kernel(name, parameters, [part for part in statements if part])
    if re.search(r"\.func\b|\.extern\b", text):
        raise Refused("a function outside of the kernels")
    return kernels
