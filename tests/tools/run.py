#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the `pacer` command as people and scripts do, and compares what it prints, writes and ends with.

    run.py PACER SOURCE [NAME...]    all tests, or those whose name begins so"""

import csv
import io
import json
import math
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import xml.dom.minidom
from html.parser import HTMLParser
from pathlib import Path

PACER = Path(sys.argv[1]).resolve()
SOURCE = Path(sys.argv[2]).resolve()
RUNS = SOURCE / "tests/data/runs"
COSINE = "cosine(peak_lr=1e-3, total_steps=1000, warmup=3%)"
WORK = Path(tempfile.mkdtemp())
CLEAN = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "NO_COLOR", "TERM", "LC_ALL", "LC_CTYPE", "LANG")}


def run(*arguments, status=0, given=None, **environment):
    done = subprocess.run(
        [PACER, *map(str, arguments)], capture_output=True, input=given.encode() if isinstance(given, str) else given,
        cwd=WORK, env={**CLEAN, **environment}, timeout=120,
    )
    done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode()
    said = f"pacer {' '.join(map(str, arguments))}\n{done.stdout[:2000]}{done.stderr}"
    assert done.returncode == status, f"status {done.returncode}, expected {status}: {said}"
    assert status != 2 or not done.stdout, f"a failure prints: {said}"
    assert status == 2 or not done.stderr, f"says on standard error: {said}"
    return done.stdout if status != 2 else done.stderr


def file(name, text):
    path = WORK / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def cosine(step):
    return 1e-3 * step / 30 if step < 30 else 1e-3 * (1 + math.cos(math.pi * min(step - 30, 970) / 970)) / 2


def near(a, b):
    return abs(a - b) <= 1e-12 * max(abs(a), abs(b)) + 1e-18


# --- what is drawn ---------------------------------------------------------------------------------------------------


def test_plot_csv_is_the_curve():
    rows = list(csv.reader(io.StringIO(run("plot", COSINE, "--csv", "--every", 1, "--until", 1200))))
    assert rows[0] == ["step", "rate"]
    assert [int(r[0]) for r in rows[1:]] == list(range(1201))
    assert all(near(float(rate), cosine(int(step))) for step, rate in rows[1:])


def test_plot_csv_of_several_has_their_labels():
    rows = list(csv.reader(io.StringIO(run("plot", f"a,b={COSINE}", "constant(peak_lr=2)", "--csv", "--points", 11))))
    assert rows[0] == ["step", "a,b", "constant"]
    steps = [int(r[0]) for r in rows[1:]]
    assert {0, 30, 1000, 1250} <= set(steps) and len(steps) < 20  # the landmarks are among them
    assert all(r[2] == "2" for r in rows[1:])


def test_plot_json_has_landmarks():
    curve = json.loads(run("plot", COSINE, "--json"))["curves"][0]
    assert curve["expression"] == "cosine(peak_lr=0.001, total_steps=1000, warmup=3%)"
    marks = {m["kind"]: m for m in curve["landmarks"]}
    assert marks["end of warm-up"]["step"] == 30 and marks["peak"]["rate"] == 1e-3
    assert marks["total"]["step"] == 1000 and marks["floor"]["rate"] == 0
    assert all(near(rate, cosine(step)) for step, rate in curve["points"])


def braille_height(text):
    """The rates that the dots show: {column: the highest row in dots from below}."""
    rows = [line.split("┤", 1)[-1].split("│", 1)[-1] for line in text.splitlines() if "┤" in line or "│" in line]
    heights = {}
    bits = {0: (1, 8), 1: (2, 16), 2: (4, 32), 3: (64, 128)}
    for y, row in enumerate(rows):
        for x, c in enumerate(row):
            for dot in range(4):
                for side in range(2):
                    if 0x2800 <= ord(c) < 0x2900 and (ord(c) - 0x2800) & bits[dot][side]:
                        heights.setdefault(2 * x + side, 4 * (len(rows) - y) - 1 - dot)
    return heights, 4 * len(rows)


def test_plot_draws_the_curve():
    text = run("plot", COSINE, "--no-marks", "--width", 100, "--height", 20, "--until", 1000)
    heights, rows = braille_height(text)
    columns = 2 * (100 - 12)
    assert set(heights) == set(range(columns)), sorted(set(range(columns)) - set(heights))
    for x, y in heights.items():
        if x > 10:  # the warm-up is steep
            expected = cosine(x / (columns - 1) * 1000) / 1e-3 * (rows - 1)
            assert abs(y - expected) <= 1.6, (x, y, expected)


def test_plot_of_a_log_axis():
    text = run("plot", "exponential(peak_lr=1, end_lr=1e-4, total_steps=1000)", "--log", "--no-marks", "--until", 1000,
               "--width", 100, "--height", 20)
    heights, rows = braille_height(text)
    for x, y in heights.items():  # a straight line
        assert abs(y - (1 - x / (2 * 88 - 1)) * (rows - 1)) <= 1.6, (x, y)
    assert "0.0001 ┤" in text and "0.01 ┤" in text
    assert "no rate above 0" in run("plot", "constant(peak_lr=0)", "--log", status=2)


def test_plot_is_as_wide_as_it_is_told():
    for width in (40, 80, 132):
        for given in ({"environment": {"COLUMNS": str(width)}}, {"arguments": ["--width", width]}):
            text = run("plot", "a=cosine", "b=linear", *given.get("arguments", []), **given.get("environment", {}))
            drawn = [line for line in text.splitlines() if "┤" in line or "│" in line or "└" in line]
            assert max(map(len, drawn)) == len(drawn[-1]) == width - 1, [len(line) for line in drawn]
            assert all(line == line.rstrip() for line in text.splitlines())
    for nothing in ("-5", "x", "0", ""):
        assert run("plot", "cosine", COLUMNS=nothing) == run("plot", "cosine")


def test_plot_has_colours_only_where_they_are_wanted():
    assert "\x1b" not in run("plot", "cosine", TERM="xterm")  # a pipe
    assert "\x1b[38;5;" in run("plot", "cosine", "--color", "always", NO_COLOR="1")
    assert "\x1b" not in run("plot", "cosine", "--color", "never")


def on_a_terminal(*arguments, stdout=None, given=None, **environment):
    import pty

    main, side = pty.openpty()
    done = subprocess.Popen([PACER, *arguments], stdin=given, stdout=stdout or side, stderr=side, env={**CLEAN, **environment})
    os.close(side)
    text = b""
    while True:
        try:
            piece = os.read(main, 65536)
        except OSError:
            break
        if not piece:
            break
        text += piece
    assert done.wait() == 0
    return text.decode()


def test_plot_on_a_terminal():
    assert "\x1b[38;5;" in on_a_terminal("plot", "cosine", TERM="xterm")
    assert "\x1b" not in on_a_terminal("plot", "cosine", TERM="xterm", NO_COLOR="1")
    assert "\x1b" not in on_a_terminal("plot", "cosine", TERM="dumb")


def test_progress_of_long_work_on_a_terminal_alone():
    slow = ["bash", "-c", f"sleep 1.5; cat '{file('later.txt', COSINE)}'"]
    for terminal, expected in (("xterm", True), ("dumb", False)):
        with subprocess.Popen(slow, stdout=subprocess.PIPE) as source:
            said = on_a_terminal("convert", "-", "--to", "expression", stdout=subprocess.DEVNULL, given=source.stdout, TERM=terminal)
        assert ("reading -, 0 s" in said) == expected, said
        assert not expected or said.endswith("\r\x1b[K"), said  # nothing is left of it
    with subprocess.Popen(slow, stdout=subprocess.PIPE) as source:
        done = subprocess.run([PACER, "convert", "-", "--to", "expression"], stdin=source.stdout, capture_output=True,
                              env={**CLEAN, "TERM": "xterm"})
    assert done.stderr == b"" and done.returncode == 0, done


def test_plot_in_ascii():
    assert run("plot", "cosine", "linear", "--ascii").isascii()
    assert run("list", "cosine", "--ascii").isascii()


def test_plot_in_a_locale_of_other_characters():
    for variable in ("LC_ALL", "LC_CTYPE", "LANG"):
        for name in ("C", "POSIX", "de_DE.ISO-8859-1", "ru_RU.KOI8-R"):
            assert run("plot", "cosine", **{variable: name}).isascii(), (variable, name)
        for name in ("C.UTF-8", "de_DE.utf8", ""):
            assert not run("plot", "cosine", **{variable: name}).isascii(), (variable, name)
    assert not run("plot", "cosine", LC_ALL="C.UTF-8", LANG="C").isascii()
    assert run("plot", "cosine", LC_ALL="C", LANG="C.UTF-8").isascii()


def pixels_of(png):
    """Width, height, and the rows of a PNG of 8 bits and three or four channels, by the standard library."""
    import struct
    import zlib

    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    at, data = 8, b""
    while at < len(png):
        size, kind = struct.unpack(">I4s", png[at:at + 8])
        if kind == b"IHDR":
            width, height, depth, colours = struct.unpack(">IIBB", png[at + 8:at + 18])
            assert depth == 8 and colours in (2, 6)
        if kind == b"IDAT":
            data += png[at + 8:at + 8 + size]
        at += 12 + size
    channels = 3 if colours == 2 else 4
    raw, before, rows = zlib.decompress(data), bytes(width * channels), []
    for y in range(height):
        line = raw[y * (width * channels + 1):(y + 1) * (width * channels + 1)]
        row = bytearray(line[1:])
        for x in range(len(row)):
            a, b = row[x - channels] if x >= channels else 0, before[x]
            c = before[x - channels] if x >= channels else 0
            p = a + b - c
            paeth = min((a, b, c), key=lambda v: abs(p - v))
            row[x] = (row[x] + (0, a, b, (a + b) // 2, paeth)[line[0]]) % 256
        rows.append(bytes(row))
        before = rows[-1]
    return width, height, [[tuple(r[x * channels:x * channels + 3]) for x in range(width)] for r in rows]


def test_plot_png_is_the_same_picture():
    done = subprocess.run([PACER, "plot", COSINE, "--no-marks", "--png", "out.png", "--svg", "out.svg", "--scale", "1"],
                          capture_output=True, text=True, cwd=WORK, env=CLEAN)
    if done.returncode == 2:  # built, or run, where there is no librsvg
        assert "--png" in done.stderr and "librsvg" in done.stderr and done.stderr.count("\n") == 1, done
        return
    svg = xml.dom.minidom.parse(str(WORK / "out.svg")).documentElement
    width, height, rows = pixels_of((WORK / "out.png").read_bytes())
    assert (width, height) == (int(svg.getAttribute("width")), int(svg.getAttribute("height")))
    for step in (100, 300, 500, 700, 900):  # the colour of the curve where it is, and white well above it
        x, y = 84 + step / 1250 * 550, 26 + 260 * (1 - cosine(step) / 1e-3)
        found = [rows[round(y) + d][round(x)] for d in (-1, 0, 1)]
        assert min(abs(r - 59) + abs(g - 143) + abs(b - 214) for r, g, b in found) < 60, (step, found)
        assert rows[round(y) - 12][round(x)] == (255, 255, 255)
    assert subprocess.run([PACER, "plot", COSINE, "--png", "-"], capture_output=True, check=True, env=CLEAN).stdout.startswith(b"\x89PNG")
    assert "cannot be written" in run("plot", COSINE, "--png", "no/such/folder/out.png", status=2)


def test_plot_svg_is_a_picture():
    run("plot", f"a & <b>={COSINE}", "linear", "--svg", "out.svg")
    picture = xml.dom.minidom.parse(str(WORK / "out.svg"))
    paths = [p.getAttribute("d") for p in picture.getElementsByTagName("path") if p.getAttribute("fill") == "none"]
    assert len(paths) == 2
    points = [tuple(map(float, p.split())) for p in re.split("[ML]", paths[0])[1:]]
    for x, y in points:  # within a tenth, and what one step of the stairs makes
        expected = 26 + 260 * (1 - cosine((x - 84) / 550 * 1250) / 1e-3)
        assert abs(y - expected) < 0.5 or x < 84 + 550 * 31 / 1250, (x, y, expected)
    assert run("plot", "cosine", "--svg", "-").startswith("<svg")
    texts = [t.firstChild.data for t in picture.getElementsByTagName("text")]
    assert "a & <b>" in texts


def test_plot_html_holds_all_it_needs():
    run("plot", "</script><b>=" + COSINE, "--html", "out.html", "--title", "<&>")
    page = (WORK / "out.html").read_text()

    class reader(HTMLParser):
        scripts, inside, links = [], False, []

        def handle_starttag(self, tag, attributes):
            self.inside = tag == "script"
            self.links += [v for k, v in attributes if k in ("src", "href")]

        def handle_data(self, data):
            if self.inside:
                self.scripts.append(data)

        def handle_endtag(self, tag):
            self.inside = False

    read = reader()
    read.feed(page)
    assert not read.links and "http" not in page.replace("http://www.w3.org/2000/svg", "")
    data = json.loads(read.scripts[0])
    curve = data["curves"][0]
    assert curve["label"] == "</script><b>" and "<h1>&lt;&amp;&gt;</h1>" in page
    assert all(near(rate, cosine(step)) for step, rate in zip(data["steps"], curve["rates"], strict=True))
    assert 30 in data["steps"] and 1000 in data["steps"]


def test_plot_of_a_thousand_million_steps():
    started = time.monotonic()
    run("plot", "cosine(peak_lr=1e-3, total_steps=1000000000, warmup=3%)",
        "cyclic(peak_lr=1e-3, up_steps=1000, total_steps=1000000000)", "--svg", "long.svg")
    assert time.monotonic() - started < 2  # 0.2 s of an idle machine
    heights, _ = braille_height(run("plot", "cosine(peak_lr=1, total_steps=9007199254740992)", "--no-marks"))
    assert len(heights) > 100


def test_plot_of_a_long_log():
    spike = 123457
    rows = "".join(f"{s},{7 if s == spike else 1 - s / 400000}\n" for s in range(200_000))
    log = file("long.csv", "step,lr\n" + rows)
    run("plot", log, "--svg", "log.svg", "--html", "log.html")
    picture, page = (WORK / "log.svg").read_text(), (WORK / "log.html").read_text()
    assert picture.count("<circle") <= 2000 and f"step {spike}: 7" in picture
    assert len(page) < 500_000 and f"[{spike},7]" in page


def test_plot_of_other_steps():
    text = run("plot", "linear(peak_lr=1, total_steps=1000)", "--from", 500, "--until", 510, "--csv", "--every", 5)
    assert text == "step,rate\n500,0.5\n505,0.495\n510,0.49\n"
    for wrong in (["--from", 10, "--until", 10], ["--from", -1], ["--until", 0], ["--until", "1e3"]):
        run("plot", "cosine", *wrong, status=2)


# --- what is read ----------------------------------------------------------------------------------------------------


def text_of(*arguments, **options):
    return run("convert", *arguments, "--to", "expression", **options).strip()


def test_what_is_an_expression_a_name_a_file_or_standard_input():
    assert text_of(COSINE) == "cosine(peak_lr=0.001, total_steps=1000, warmup=3%)"
    assert text_of("x=" + COSINE) == text_of(COSINE)
    assert text_of("optax::cosine_decay_schedule") == "optax::cosine_decay_schedule(init_value=0.001, decay_steps=1000)"
    assert text_of(file("curve.txt", "# a comment\n" + COSINE + "\n")) == text_of(COSINE)
    assert text_of("-", given=COSINE) == text_of(COSINE)
    saved = SOURCE / "tests/data/checkpoints/version_1.txt"
    assert text_of(saved) == text_of("-", given=saved.read_text()) == text_of(f"old={saved}")


def test_a_long_expression_and_one_out_of_a_pipe():
    pieces = "constant(peak_lr=1)" + "".join(f", {10 * k}, constant(peak_lr={1 + k % 2})" for k in range(1, 5000))
    assert text_of(file("long.txt", f"join({pieces})")).count("constant") == 5000
    for text in (COSINE, (SOURCE / "tests/data/checkpoints/version_1.txt").read_text()):
        path = file("piped", text)
        done = subprocess.run(["bash", "-c", f"'{PACER}' convert <(cat '{path}') --to expression"], capture_output=True, text=True)
        assert done.stdout.strip() == text_of(path), done


def test_what_is_a_recipe_or_a_command_line():
    yaml = "learning_rate: 1e-3\nlr_scheduler_type: cosine\nmax_steps: 1000\nwarmup_steps: 30\n"
    expected = "cosine(peak_lr=0.001, total_steps=1000, warmup=30, past_end=wave)"
    assert text_of(file("train.yaml", yaml)) == expected
    assert text_of(file("run/recipe.yaml", yaml).parent) == expected
    words = "python train.py --learning_rate 1e-3 --lr_scheduler_type cosine --max_steps 1000 --warmup_steps 30"
    done = subprocess.run([PACER, "convert", "--to", "expression", "--", *words.split()], capture_output=True, text=True)
    assert done.stdout.strip() == expected, done
    epochs = file("epochs.yaml", yaml.replace("max_steps: 1000", "num_train_epochs: 2\nper_device_train_batch_size: 4"))
    assert "total_steps=500" in text_of(epochs, "--examples", 1000)
    text = run("convert", epochs, "--to", "cpp", status=2)
    assert "epochs.yaml" in text and "--examples N" in text and text.count("\n") == 1, text


def record(data):
    """A record of an event file; its checksums are computed by the definition, bit by bit."""
    def crc(text):
        c = 0xFFFFFFFF
        for byte in text:
            c ^= byte
            for _ in range(8):
                c = (c >> 1) ^ (0x82F63B78 if c & 1 else 0)
        c ^= 0xFFFFFFFF
        return (((c >> 15) | (c << 17)) + 0xA282EAD8 & 0xFFFFFFFF).to_bytes(4, "little")

    length = len(data).to_bytes(8, "little")
    return length + crc(length) + data + crc(data)


def events(scalars):
    """An event file with (tag, step, value)."""
    import struct

    def varint(n):
        text = b""
        while n >= 128:
            text, n = text + bytes([n % 128 + 128]), n // 128
        return text + bytes([n])

    whole = record(b"\x09" + struct.pack("<d", 1e9) + b"\x1a\x0dbrain.Event:2")
    for tag, step, value in scalars:
        one = b"\x0a" + varint(len(tag)) + tag.encode() + b"\x15" + struct.pack("<f", value)
        summary = b"\x0a" + varint(len(one)) + one
        whole += record(b"\x09" + struct.pack("<d", 1e9) + b"\x10" + varint(step) + b"\x2a" + varint(len(summary)) + summary)
    return whole


def test_event_files_of_tensorboard():
    curve = [("train/learning_rate", s, 1e-3 * (1 - s / 500)) for s in range(0, 500, 10)]
    loss = [("train/loss", s, 1 / (1 + s)) for s in range(0, 500, 10)]
    log = file("runs/a/events.out.tfevents.100.host", events(curve + loss))
    for what in (log, log.parent, log.parent.parent):
        found = json.loads(run("plot", what, "--json"))["curves"][0]["points"]
        assert [s for s, _ in found] == list(range(0, 500, 10)) and abs(found[10][1] - 8e-4) < 1e-10, found[:3]
        text = run("identify", what)
        assert "linear(peak_lr=" in text and "total_steps=500" in text and "50 of 50 rates explained" in text, text
    recipe = file("events.yaml", "learning_rate: 1e-3\nlr_scheduler_type: linear\nmax_steps: 500\n")
    assert re.search(r"explained +50 of 50", run("replay", recipe, log)), run("replay", recipe, log)
    assert re.search(r"explained +50 of 50", run("replay", recipe, log.parent))
    words = ["python", "train.py", "--learning_rate", "1e-3", "--lr_scheduler_type", "linear", "--max_steps", 500]
    assert re.search(r"explained +50 of 50", run("replay", log, "--no-plot", "--", *words))
    assert "50 of 50 rates explained" in run("identify", "-", given=log.read_bytes())
    # A resumed run has two files, in the order of their names.
    file("runs/a/events.out.tfevents.200.host", events([("train/learning_rate", s, 1e-3 * (1 - s / 500)) for s in (490, 499)]))
    assert len(json.loads(run("plot", log.parent, "--json"))["curves"][0]["points"]) == 52
    # The curve is named where there are several, and where there is none that looks like one.
    several = file("several/tfevents", events([("lr/a", 0, 1), ("lr/b", 0, 2), ("lr vs samples", 0, 3)]))
    text = run("identify", several, status=2)
    assert "several tags" in text and "lr/a, lr/b" in text and "--tag NAME" in text and text.count("\n") == 1, text
    assert json.loads(run("plot", several, "--tag", "lr/b", "--json"))["curves"][0]["points"] == [[0, 2]]
    assert "found no tag lr/c, accepted: lr vs samples, lr/a, lr/b" in run("plot", several, "--tag", "lr/c", status=2)
    same = file("same/tfevents", events([("lr/group_1", 0, 1), ("lr/group_0", 0, 1)]))
    assert len(json.loads(run("plot", same, "--json"))["curves"][0]["points"]) == 1
    none = file("none/tfevents", events(loss))
    assert "no tag that looks like a learning rate" in run("plot", none, status=2)
    file("runs/b/tfevents", events(curve))
    assert "event files of 2 runs" in run("identify", log.parent.parent, status=2)
    # Broken ones: cut by a kill, changed, with what is no rate.
    cut = file("cut/tfevents", log.read_bytes()[:-5])
    assert json.loads(run("plot", cut, "--json"))["curves"][0]["points"][-1][0] == 490
    changed = bytearray(log.read_bytes())
    changed[200] ^= 1
    text = run("plot", file("changed/tfevents", bytes(changed)), status=2)
    assert "checksum" in text and text.count("\n") == 1, text
    assert "accepted: a finite number" in run("plot", file("nan/tfevents", events([("lr", 0, math.nan)])), status=2)


def test_standard_input_of_every_kind():
    log = next((RUNS / "03-hf-cosine-max-steps").glob("trainer_*"))
    explained = re.compile(r"(\d+) of \1 rates explained")
    assert explained.search(run("identify", "-", given=log.read_text()))
    rows = [(s, 1e-3 * (1 - s / 500)) for s in range(0, 500, 10)]
    assert explained.search(run("identify", "-", given="step,lr\n" + "".join(f"{s},{r}\n" for s, r in rows)))
    lines = "".join(json.dumps({"current_steps": s, "lr": r}) + "\n" for s, r in rows)
    assert explained.search(run("identify", "-", given=lines))
    assert explained.search(run("identify", "-", given=json.dumps([{"step": s, "lr": r} for s, r in rows])))
    recipe = {"learning_rate": 1e-3, "lr_scheduler_type": "linear", "max_steps": 500}
    expected = "linear(peak_lr=0.001, total_steps=500, warmup=0)"
    assert text_of("-", given=json.dumps(recipe)) == expected
    assert text_of("-", given="".join(f"{k}: {v}\n" for k, v in recipe.items())) == expected
    assert text_of("-", given="#!/bin/sh\npython train.py" + "".join(f" --{k} {v}" for k, v in recipe.items())) == expected
    for given, said in ((b"", "is empty"), (b"\n \n", "is empty"), (bytes(range(256)), "a binary file"), (b"some words", "standard input"),
                        (b"cosine(peak_lr=1", "standard input:1:")):
        text = run("plot", "-", status=2, given=given)
        assert said in text and text.count("\n") == 1, text


def test_diff_of_logs():
    rows = [(s, 1e-3 * (1 - s / 500)) for s in range(0, 500, 10)]
    a = file("a.csv", "step,lr\n" + "".join(f"{s},{r}\n" for s, r in rows))
    b = file("b.csv", "step,lr\n" + "".join(f"{s},{r if s < 300 else r / 2}\n" for s, r in rows[5:]))
    assert "50 of 50 logged rates are the same" in run("diff", a, a)
    text = run("diff", a, b, status=1)
    assert "25 of 45 logged rates are the same, from step 50 to 490" in text and "•" in text, text
    found = json.loads(run("diff", a, b, "--at", 300, "--json", status=1))
    assert found["at"] == 300 and found["before"] == 2 * found["after"] == rows[30][1] and found["logged"] == 20, found
    curve = "linear(peak_lr=1e-3, total_steps=500)"
    own = file("own.csv", run("plot", curve, "--csv", "--every", 10, "--until", 490))
    assert "50 of 50" in run("diff", own, curve) and "1 of 50" in run("diff", own, curve.replace("500", "900"), status=1)
    assert "no step from 495 on is logged in both" in run("diff", a, b, "--at", 495, status=2)


def test_a_command_line_where_none_is_taken():
    assert "takes no command line" in run("list", "--", "python", status=2)
    assert "takes no command line" in run("identify", "log.csv", "--", "python", status=2)


def test_plot_of_a_recipe_and_its_log():
    folder = RUNS / "01-llamafactory-cosine"
    log = next(p for p in folder.iterdir() if p.name in ("trainer_state.json", "trainer_log.jsonl"))
    both = json.loads(run("plot", log, "--json"))["curves"][0]
    assert both["points"] and both["expression"] is None
    assert "•" in run("plot", log)


def test_one_line_for_what_cannot_be_read():
    (WORK / "folder").mkdir(exist_ok=True)
    broken = {
        "folder": "no recipe in this folder",
        file("empty.yaml", ""): "an empty file",
        file("empty", ""): "an empty file",
        file("binary.yaml", bytes(range(256))): "a binary file",
        "/dev/zero": "a binary file",
        "nothing.yaml": "no such file",
        "cosin": "did you mean cosine?",
        "cosine(peak_lr=1": "1:",
        "cosine(peak_lr=1, total=9)": "total_steps",
        file("image.png", b"\x89PNG\r\n\x1a\n\0\0"): "a binary file",
        file("notes.txt", "some words\n"): "another kind",
        file("broken.json", "{"): "broken.json",
        file("broken.csv", "step,lr\n1,x\n"): "broken.csv",
    }
    for what, said in broken.items():
        for command in (["plot"], ["explain"], ["lint"], ["convert", "--to", "cpp"]):
            text = run(*command, what, status=2)
            assert said in text, (what, text)
            assert text.startswith("pacer: ") and text.count("\n") == 1, (what, text)
    for command in (["diff", COSINE], ["replay", "nothing.yaml", "log"], ["identify", "nothing.json"], ["identify", "folder"],
                    ["identify", "empty"], ["replay", "folder"]):
        text = run(*command, status=2)
        assert text.startswith("pacer: ") and text.count("\n") == 1, text


def test_a_thousand_million_zeros():
    zeros = WORK / "zeros"
    for name in ("zeros", "zeros.yaml", "zeros.json", "zeros.csv"):
        with open(WORK / name, "wb") as f:
            f.truncate(1_000_000_000)
        started = time.monotonic()
        assert "a binary file" in run("plot", WORK / name, status=2)
        assert time.monotonic() - started < 2
    assert zeros.exists()


def test_output_that_cannot_be_written():
    for to in ("/dev/full",):
        with open(to, "w") as full:
            done = subprocess.run([PACER, "list"], stdout=full, stderr=subprocess.PIPE, text=True)
        assert done.returncode == 2 and done.stderr.count("\n") == 1 and "cannot be written" in done.stderr, done
    assert "cannot be written" in run("plot", "cosine", "--svg", "no/such/folder/out.svg", status=2)
    # A reader that has had enough: nothing is said.
    done = subprocess.run(f"'{PACER}' plot cosine --csv --every 1 --until 3000000 | head -n 1", shell=True, capture_output=True,
                          text=True)
    assert done.stdout == "step,rate\n" and done.stderr == "", done
    done = subprocess.run(f"'{PACER}' list >&-", shell=True, capture_output=True, text=True)
    assert done.returncode == 2 and done.stderr.count("\n") == 1, done


def test_wrong_arguments():
    # Each in one line, which says what was found and what is accepted.
    for wrong, says in (
            ([], "no command was given, accepted: list, plot, .*; pacer --help"),
            (["no-such-command"], "no-such-command: found no such command, accepted: list, plot, "),
            (["identfy", "log.csv"], "identfy: .*; the nearest is identify"),
            (["--no-such-option"], "--no-such-option: there is no such option"),
            (["plot", "--no-such-option", "cosine"], "--no-such-option; pacer plot --help"),
            (["plot"], "nothing was given, accepted: an expression"),
            (["plot", ""], '"": found no such file'),
            (["convert", "cosine"], "--to is required; pacer convert --help"),
            (["convert", "cosine", "--to", "klingon"], "--to: found klingon, accepted: expression, cpp, "),
            (["convert", "cosine", "--to", "optx"], "the nearest is optax"),
            (["convert", "cosine", "--to", ""], "--to: found nothing"),
            (["diff", "cosine"], "OLD and NEW|two"),
            (["diff", "cosine", "linear", "constant"], ""),
            (["plot", "cosine", "--points", "many"], "--points: found many, accepted: a whole number from 2 to 10000000"),
            (["plot", "cosine", "--points", "1"], "--points: found 1, accepted: a whole number from 2"),
            (["plot", "cosine", "--scale", "x"], "--scale: found x, accepted: a number from 0.1 to 20"),
            (["plot", "cosine", "--width", "-3"], "--width: found -3, accepted: a whole number of 0 or more"),
            (["plot", "cosine", "--height", "x\ny"], "--height: found .*, accepted: a whole number of 0 or more"),
            (["plot", "cosine", "--from", "1e99"], "--from: found 1e99, accepted: a whole number of 0 or more"),
            (["diff", "cosine", "linear", "--at", "-3"], "--at: found -3, accepted: a whole number of 0 or more"),
            (["lint", "cosine", "--run-steps", "0"], "--run-steps: found 0, accepted: a whole number of 1 or more"),
            (["explain", "cosine", "--examples", "2.5"], "--examples: found 2.5, accepted: a whole number of 1 or more"),
            (["replay", COSINE, RUNS / "01-llamafactory-cosine"], "found an expression, accepted: a recipe")):
        said = run(*wrong, status=2)
        assert said.startswith("pacer: ") and said.count("\n") == 1 and len(said) < 500 and re.search(says, said), (wrong, said)


def test_help_and_version():
    version = re.findall(r"define PACER_VERSION_\w+ (\d+)", (SOURCE / "include/pacer/version.hpp").read_text())
    assert run("--version") == f"pacer {'.'.join(version)}\n"
    top = run("--help")
    for command in ("list", "plot", "diff", "convert", "explain", "lint", "replay", "identify"):
        assert re.search(rf"^  {command} ", top, re.MULTILINE)
        text = run(command, "--help")
        assert f"pacer {command}" in text and "Examples:" in text and "Exit status:" in text


def test_it_starts_at_once():
    def least(*arguments):
        times = []
        for _ in range(30):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            run(*arguments)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        return min(times)

    assert least("--version") < 0.020
    assert least("plot", COSINE) < 0.020


# --- what is compared, explained, checked ----------------------------------------------------------------------------


def test_list_shows_every_schedule():
    names = run("list", "--names").split()
    assert len(names) == len(set(names)) > 100 and "cosine" in names and "optax::linear_schedule" in names
    text = run("list")
    assert all(re.search(rf"  {re.escape(name)}(  |$)", text, re.MULTILINE) for name in names)
    assert "scale(schedule, factor)" in text
    described = json.loads(run("list", "--json"))
    assert [s["name"] for s in described] == names
    run("plot", *[s["example"] for s in described], "--svg", "all.svg")


def test_list_of_one():
    text = run("list", "cosine_with_min_lr")
    for part in ("min_lr ", "must be given", "default 0.5", "from 0 to 2^53", "past the end"):
        assert part in text, part
    assert run("list", "optax", "--names").split() and all(n.startswith("optax::") for n in run("list", "optax", "--names").split())
    assert "did you mean cosine?" in run("list", "cosin", status=2)


def test_diff_says_what_changes_at_the_joint():
    old, new = "cosine(peak_lr=1e-3, total_steps=1000)", "cosine(peak_lr=1e-3, total_steps=2000)"
    text = run("diff", old, new, "--at", 500, status=1)
    assert re.search(r"^  total_steps  1000  2000$", text, re.MULTILINE), text
    assert "step 500: 0.0005 -> 0.0008535533905932738: a jump by a factor of 1.70711" in text
    found = json.loads(run("diff", old, new, "--at", 500, "--json", status=1))
    assert found["fields"] == [{"path": "total_steps", "old": "1000", "new": "2000"}]
    assert found["before"] == 0.0005 and found["at"] == 500 and found["differ"]
    assert "no field differs" in run("diff", old, old) and "no jump" in run("diff", old, old, "--at", 7)
    # Other words for the same.
    assert run("diff", "cosine(peak_lr=1, total_steps=100, warmup=3%)", "cosine(peak_lr=1, total_steps=100, warmup=3)")


def test_diff_takes_over_where_the_checkpoint_was():
    saved = SOURCE / "tests/data/checkpoints/version_1.txt"
    updates = int(re.search(r"updates (\d+)", saved.read_text())[1])
    found = json.loads(run("diff", saved, "constant(peak_lr=1)", "--json", status=1))
    assert found["at"] == updates and found["after"] == 1


def test_convert_cpp_compiles_to_the_same_text():
    assert run("convert", COSINE, "--to", "cpp") == (
        "#include <pacer/schedules/cosine.hpp>\n\n"
        "constexpr auto lr = pacer::cosine{{.peak_lr = 0.001, .total_steps = 1000, .warmup = pacer::warmup_ratio(0.03)}};\n")
    assert "CosineAnnealingLR" in run("convert", COSINE, "--to", "pytorch")
    log = next((RUNS / "01-llamafactory-cosine").glob("trainer_*"))
    assert "found a log" in run("convert", log, "--to", "cpp", status=2)


def test_explain_shows_the_plan():
    recipe = file("plan.yaml", "learning_rate: 1e-4\nlr_scheduler_type: cosine\nnum_train_epochs: 3\nwarmup_ratio: 0.1\n"
                  "per_device_train_batch_size: 4\ngradient_accumulation_steps: 8\n")
    text = run("explain", recipe, "--examples", 1000, "--world-size", 2, "--trainer", "v4")
    for part in ("plan.yaml:1", "plan.yaml:4", "end of warm-up", "past the end", "#include <pacer/schedules/cosine.hpp>"):
        assert part in text, (part, text)
    found = json.loads(run("explain", recipe, "--examples", 1000, "--world-size", 2, "--trainer", "v4", "--json"))[0]
    marks = {m["kind"]: m for m in found["landmarks"]}
    assert marks["total"]["step"] == 48 and marks["end of warm-up"]["step"] == 5  # 125 batches, 16 updates of 8; 4.8 up
    assert any("plan.yaml:4" in f["source"] for f in found["figures"])
    text = run("explain", "hf::get_cosine_schedule_with_warmup(lr=1, num_warmup_steps=10, num_training_steps=100)")
    assert "in pacer's words: join(linear_warmup(peak_lr=1, total_steps=10), 10, cosine(peak_lr=1, total_steps=90, past_end=wave))" in text, text


def test_lint_statuses():
    fine = "linear(peak_lr=1, total_steps=100)"
    assert run("lint", fine) == "nothing to say\n"
    assert "[run-outlasts-schedule]" in run("lint", fine, "--run-steps", 120, status=1)
    run("lint", fine, "--run-steps", 120, "--fail-on", "error")
    run("lint", fine, "--run-steps", 120, "--fail-on", "never")
    run("lint", fine, "--run-steps", 120, "--ignore", "run-outlasts-schedule")
    assert "[first-step-zero]" in run("lint", COSINE)
    run("lint", COSINE, "--fail-on", "note", status=1)
    assert "no such rule" in run("lint", fine, "--ignore", "no-such-rule", status=2)
    found = json.loads(run("lint", "constant(peak_lr=0)", "--json", status=1))
    assert found[0]["rule"] == "never-above-zero" and found[0]["severity"] == "error"


def test_lint_names_file_line_and_key():
    recipe = file("both.yaml", "learning_rate: 1e-4\nmax_steps: 100\nwarmup_steps: 5\nwarmup_ratio: 0.1\n")
    text = run("lint", recipe, "--trainer", "v4", status=1)
    assert f"{recipe}:4: warmup_ratio: warning: " in text and "[steps-and-ratio]" in text


def test_lint_rules_have_sections():
    rules = json.loads(run("lint", "--rules", "--json"))
    page = (SOURCE / "docs/command.md").read_text()
    for rule in rules:
        assert f"\n#### {rule['rule']}\n" in page, rule["rule"]
        assert rule["what"] in page and rule["why"] in page, rule


def test_replay_and_identify_of_real_runs():
    text = run("replay", RUNS / "01-llamafactory-cosine")
    explained = re.search(r"explained +(\d+) of (\d+)", text)
    assert explained and explained[1] == explained[2]
    report = json.loads(run("replay", RUNS / "01-llamafactory-cosine", "--json"))[0]
    assert report["points"] == report["explained"] > 0 and report["story"]
    several = [RUNS / "01-llamafactory-cosine", RUNS / "03-hf-cosine-max-steps"]
    assert "All runs" in run("replay", *several, "--no-plot") and len(json.loads(run("replay", *several, "--json"))) == 2
    log = next((RUNS / "03-hf-cosine-max-steps").glob("trainer_*"))
    text = run("identify", log)
    assert "cosine" in text and re.search(r"(\d+) of \1 rates explained", text), text
    assert json.loads(run("identify", log, "--json"))[0]["stretches"][0]["curves"][0]["scheduler"]
    rates = [(s, 0.5 + 0.3 * math.sin(s * s)) for s in range(60)]
    noise = file("noise.csv", "step,lr\n" + "".join(f"{s},{r}\n" for s, r in rates))
    run("identify", noise, status=1)


def test_pages_are_what_the_command_says():
    done = subprocess.run([sys.executable, SOURCE / "tools/pages.py", PACER, "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    for shell, name in (("bash", "pacer.bash"), ("zsh", "_pacer"), ("fish", "pacer.fish")):
        if shutil.which(shell):
            subprocess.run([shell, "-n", SOURCE / "tools/completions" / name], check=True)
    script = f"source '{SOURCE}/tools/completions/pacer.bash'; PATH={PACER.parent}:$PATH; COMP_WORDS=(pacer pl); COMP_CWORD=1; _pacer; echo ${{COMPREPLY[@]}}; COMP_WORDS=(pacer plot --sv); COMP_CWORD=2; _pacer; echo ${{COMPREPLY[@]}}; COMP_WORDS=(pacer plot cosine_with); COMP_CWORD=2; _pacer; echo ${{COMPREPLY[@]}}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, cwd=WORK)
    assert done.stdout.split() == ["plot", "--svg", "cosine_with_min_lr", "cosine_with_restarts"], done


def main():
    wanted = sys.argv[3:] or ["test_"]
    tests = [(n, f) for n, f in globals().items() if n.startswith("test_") and any(n.startswith(w) for w in wanted)]
    failed = 0
    for name, test in tests:
        try:
            test()
        except Exception as e:  # one test must not end the others
            failed += 1
            print(f"FAILED {name}: {type(e).__name__}: {e}")
    print(f"{len(tests) - failed} of {len(tests)} passed")
    subprocess.run(["rm", "-rf", str(WORK)], check=True)
    return 1 if failed or not tests else 0


if __name__ == "__main__":
    sys.exit(main())
