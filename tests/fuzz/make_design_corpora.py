#!/usr/bin/env python3
"""Writes the corpora of the fuzz targets penpot and excalidraw: small files that touch every branch of the importers.
Usage: python3 tests/fuzz/make_design_corpora.py"""
import io
import json
import pathlib
import zipfile

here = pathlib.Path(__file__).parent
ROOT = "00000000-0000-0000-0000-000000000000"


def shape(name, kind, **more):
    return {"id": name, "name": name, "type": kind, "selrect": {"x": 1, "y": 2, "width": 30, "height": 20}, **more}


gradient = {"type": "radial", "startX": 0.5, "startY": 0.5, "endX": 0.5, "endY": 1, "width": 1,
            "stops": [{"color": "#f00", "opacity": 1, "offset": 0}, {"color": "#0f0", "offset": 1}]}
stroke = {"strokeColor": "#00f", "strokeWidth": 2, "strokeStyle": "mixed", "strokeAlignment": "outer"}
shapes = {
    "paint": [shape("a", "rect", fills=[{"fillColorGradient": gradient}, {"fillImage": {"id": "M"}}], strokes=[stroke, {**stroke, "strokeStyle": "dotted"}],
                    r1=4, shadow=[{"style": "inner-shadow", "blur": 2, "color": {"color": "#000"}}], blur={"value": 2}, opacity=0.5)],
    "path": [shape("p", "path", content="M0,0C1,2,3,4,5,6A1,1,0,0,1,9,9Z", transform={"a": 0, "b": 1, "c": -1, "d": 0, "e": 0, "f": 0}),
             shape("q", "path", strokes=[{**stroke, "strokeCapEnd": "line-arrow", "strokeCapStart": "diamond-marker"}],
                   content=[{"command": "move-to", "params": {"x": 1, "y": 1}},
                            {"command": "curve-to", "params": {"c1x": 1, "c1y": 2, "c2x": 3, "c2y": 4, "x": 5, "y": 6}}])],
    "tree": [shape("b", "frame", shapes=["g"], layout="flex"), shape("g", "group", shapes=["m", "b"], maskedGroup=True), shape("m", "circle"),
             shape("x", "bool", boolContent=[{"command": "close-path"}], shapes=["m"])],
    "text": [shape("t", "text", growType="fixed", positionData=[{"y": 1, "width": 29}], strokes=[stroke], content={
        "type": "root", "verticalAlign": "center", "children": [{"type": "paragraph-set", "children": [
            {"type": "paragraph", "textAlign": "right", "children": [{"text": "H\u00e9", "fontSize": "12", "fills": [{"fillColor": "#123456"}]}]}]}]})],
    "svg": [shape("s", "svg-raw", content={"tag": "g", "attrs": {"style": {"fillOpacity": 0.5}}, "content": [{"tag": "path", "attrs": {"d": "M0 0L9 9"}}, "text"]}),
            shape("i", "image", metadata={"id": "M"})],
}
out = here / "penpot" / "corpus"
out.mkdir(exist_ok=True)
for name, listed in shapes.items():
    root = shape(ROOT, "frame", shapes=[s["id"] for s in listed])
    entries = {"manifest.json": {"type": "penpot/export-files", "version": 1, "files": [{"id": "F"}]},
               "files/F/pages/P.json": {"id": "P", "name": "Page", "index": 0, "background": "#eee"},
               "files/F/media/M.json": {"id": "M", "mediaId": "O", "width": 1, "height": 1},
               "files/F/components/C.json": {"name": "C"}}
    entries |= {f"files/F/pages/P/{s['id']}.json": s for s in [root, *listed]}
    texts = {key: json.dumps(value, separators=(",", ":")) for key, value in entries.items()} | {"objects/O.png": "not a picture"}
    (out / f"{name}.txt").write_text("\n".join(f"@{key}\n{value}" for key, value in texts.items()))
    if name == "paint":
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for key, value in texts.items():
                archive.writestr(zipfile.ZipInfo(key), value, zipfile.ZIP_DEFLATED)
        (out / "zip.penpot").write_bytes(packed.getvalue())


def element(kind, **more):
    return {"type": kind, "id": kind, "x": 1, "y": 2, "width": 30, "height": 20, "strokeColor": "#1e1e1e", "strokeWidth": 2, **more}


out = here / "excalidraw" / "corpus"
out.mkdir(exist_ok=True)
areas = [element(kind, backgroundColor="#f00", fillStyle=fill, roundness={"type": 3}, angle=0.5)
         for kind, fill in (("rectangle", "hachure"), ("ellipse", "cross-hatch"), ("diamond", "zigzag"))]
lines = [element("arrow", points=[[0, 0], [5, 5], [9, 0]], startArrowhead="dot", endArrowhead="crowfoot_many", roundness={"type": 2}, strokeStyle="dashed"),
         element("line", points=[[0, 0], [5, 5], [9, 0], [0, 0]], backgroundColor="#0f0", fillStyle="solid"), element("freedraw", points=[[0, 0], [1, 1]])]
rest = [element("text", text="H\u00e9\nyou", fontFamily=3, frameId="frame", groupIds=["a", "b"]), element("frame", name="Screen"),
        element("image", fileId="F", scale=[-1, 1])]
files = {"F": {"dataURL": "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4="}}
for name, value in {
    "areas": {"type": "excalidraw", "version": 2, "elements": areas, "appState": {"viewBackgroundColor": "#fff"}},
    "lines": {"type": "excalidraw", "version": 2, "elements": lines},
    "rest": {"type": "excalidraw", "version": 2, "elements": rest, "files": files},
    "library1": {"type": "excalidrawlib", "version": 1, "library": [areas, lines]},
    "library2": {"type": "excalidrawlib", "version": 2, "libraryItems": [{"name": "One", "elements": rest}]},
}.items():
    (out / f"{name}.json").write_text(json.dumps(value, separators=(",", ":")))
