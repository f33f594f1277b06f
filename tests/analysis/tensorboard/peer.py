# SPDX-License-Identifier: MIT
"""Writes an event file with the real TensorBoard, and reads one of pacer's with it.

    python3 -m venv venv
    venv/bin/pip install tensorboard==2.21.0
    c++ -std=c++20 -Iinclude -Itests/analysis/tensorboard tests/analysis/tensorboard/write.cpp -o write
    venv/bin/python tests/analysis/tensorboard/peer.py ./write

written_by_tensorboard.tfevents and .csv: scalars in all forms that TensorBoard itself writes, and what is no scalar.
written_by_pacer.tfevents and .csv: what pacer writes, and what the real reader finds in it."""

import struct
import subprocess
import sys
from pathlib import Path

from tensorboard.backend.event_processing import event_file_loader
from tensorboard.compat.proto import event_pb2, summary_pb2, tensor_pb2, tensor_shape_pb2, types_pb2
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard.util import tensor_util

HERE = Path(__file__).resolve().parent


def tensor(dtype, **fields):
    return tensor_pb2.TensorProto(dtype=dtype, tensor_shape=tensor_shape_pb2.TensorShapeProto(), **fields)


def events():
    value = summary_pb2.Summary.Value
    metadata = summary_pb2.SummaryMetadata(plugin_data=summary_pb2.SummaryMetadata.PluginData(plugin_name="scalars"))
    for s in range(10):
        yield s, [value(tag="loss", simple_value=2.0 / (s + 1)), value(tag="lr", simple_value=1e-3 * s)]
    float_, double = types_pb2.DT_FLOAT, types_pb2.DT_DOUBLE
    yield 10, [value(tag="packed", tensor=tensor(float_, float_val=[0.1]), metadata=metadata)]
    yield 11, [value(tag="content", tensor=tensor(float_, tensor_content=struct.pack("<f", 0.2)), metadata=metadata)]
    yield 12, [value(tag="double", tensor=tensor(double, double_val=[0.3]), metadata=metadata)]
    yield 13, [value(tag="double content", tensor=tensor(double, tensor_content=struct.pack("<d", 0.4)))]
    yield 14, [value(tag="made", tensor=tensor_util.make_tensor_proto(0.5, dtype=float_), metadata=metadata)]
    yield -1, [value(tag="negative", simple_value=float("inf"))]
    # No scalars.
    yield 15, [value(tag="two", tensor=tensor(float_, float_val=[1, 2]))]
    yield 16, [value(tag="text", tensor=tensor(types_pb2.DT_STRING, string_val=[b"word"]))]
    yield 17, [value(tag="picture", image=summary_pb2.Summary.Image(height=1, width=1, encoded_image_string=b"x" * 200))]
    yield 2**40, [value(tag="far", simple_value=-0.0)]


def main():
    for old in HERE.glob("events.out.tfevents.*"):
        old.unlink()
    writer = EventFileWriter(str(HERE))
    expected = []
    for k, (step, values) in enumerate(events()):
        wall = 1_700_000_000 + k + 0.5
        writer.add_event(event_pb2.Event(wall_time=wall, step=step, summary=summary_pb2.Summary(value=values)))
        for v in values:
            if v.tag in ("two", "text", "picture"):
                continue
            x = v.simple_value if v.WhichOneof("value") == "simple_value" else float(tensor_util.make_ndarray(v.tensor).item())
            expected.append(f"{v.tag},{step},{float(x).hex()},{wall}")
    writer.close()
    made, = HERE.glob("events.out.tfevents.*")
    made.rename(HERE / "written_by_tensorboard.tfevents")
    (HERE / "written_by_tensorboard.csv").write_text("\n".join(expected) + "\n")

    mine = HERE / "written_by_pacer.tfevents"
    mine.unlink(missing_ok=True)
    subprocess.run([sys.argv[1], mine], check=True)
    found = []
    for e in event_file_loader.EventFileLoader(str(mine)).Load():
        if e.HasField("file_version"):
            assert e.file_version == "brain.Event:2"
        for v in e.summary.value:
            x = float(tensor_util.make_ndarray(v.tensor).item())
            found.append(f"{v.tag},{e.step},{x.hex()},{e.wall_time}")
    (HERE / "written_by_pacer.csv").write_text("\n".join(found) + "\n", encoding="utf-8")
    print(len(expected), "written,", len(found), "read")


if __name__ == "__main__":
    main()
