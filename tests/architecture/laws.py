#!/usr/bin/env python3
"""The laws of the architecture that a machine can check. Run by `ctest -R architecture`.

laws.py picture         docs/architecture.md draws exactly the edge table of cmake/Module.cmake
laws.py draw            prints that picture
laws.py sources         no Qt below collab/qt and app; no throw in core and collab; file sizes; READMEs; words
laws.py programs DIR    the servers and the command line link no GUI library and no Vulkan
"""
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MAX_LINES = 600
SOURCE_SUFFIXES = {".h", ".cpp", ".cu", ".ts", ".tsx", ".mjs", ".py"}


def edge_table():
    text = (ROOT / "cmake/Module.cmake").read_text()
    rows = re.findall(r'^    "([^"|]+)\|([^"]*)"$', text, re.M)
    return {folder.strip(): allowed.split() for folder, allowed in rows}


def node_id(name):
    return re.sub(r"[^a-z]", "_", name.replace("*", "all"))


def picture():
    lines = ["```mermaid", "graph BT"]
    for folder, allowed in edge_table().items():
        lines.append(f'    {node_id(folder)}["{folder}"]')
        for target in allowed:
            lines.append(f'    {node_id(folder)} --> {node_id(target)}["{target}"]')
    lines.append("```")
    return "\n".join(lines)


def tracked():
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    return [Path(name) for name in names if name and (ROOT / name).is_file()]


def law_picture():
    if picture() not in (ROOT / "docs/architecture.md").read_text():
        return ["docs/architecture.md does not draw the edge table: paste the output of tests/architecture/laws.py draw"]
    return []


def law_sources():
    faults = []
    table = edge_table()
    for path in tracked():
        if path.suffix not in SOURCE_SUFFIXES or "corpus" in path.parts:
            continue
        text = (ROOT / path).read_text(errors="replace")
        folder = "/".join(path.parts[:2])
        top = path.parts[0]
        if text.count("\n") > MAX_LINES:
            faults.append(f"{path}: {text.count(chr(10))} lines; split by state owned (at most {MAX_LINES})")
        code = re.sub(r"//.*", "", text)
        if folder in table and top != "app" and folder != "collab/qt" and re.search(r"#include\s*<Q", code):
            faults.append(f"{path}: Qt below collab/qt and app")
        if top in ("core", "collab") and path.suffix in (".h", ".cpp") and re.search(r"\bthrow\b", code):
            faults.append(f"{path}: throw in {top}")
        if path.suffix in (".h", ".cpp") and top not in ("tests", "tools"):
            for included in re.findall(r"#include\s*<((?:core|render|collab|app|appliance)/[a-z]+)/", code):
                allowed = table.get(folder, [])
                fits = any(re.fullmatch(a.replace("*", "[a-z]+"), included) for a in allowed)
                # Layers are public: what an allowed folder itself may use is visible too.
                seen, todo = set(), [f for f in table if any(re.fullmatch(a.replace("*", "[a-z]+"), f) for a in allowed)]
                while todo:
                    f = todo.pop()
                    if f in seen:
                        continue
                    seen.add(f)
                    todo += [g for g in table if any(re.fullmatch(a.replace("*", "[a-z]+"), g) for a in table[f])]
                if folder in table and included != folder and not fits and included not in seen:
                    faults.append(f"{path}: includes {included}, which {folder} may not use")
        for line_number, line in enumerate(text.split("\n"), 1):
            if re.search(r"\b(TODO|FIXME|XXX)\b", line) and not re.search(r"#\d+", line) and path.name != "laws.py":
                faults.append(f"{path}:{line_number}: an open point must name an issue")
    for folder in table:
        if (ROOT / folder / "CMakeLists.txt").exists() and not (ROOT / folder / "README.md").exists():
            faults.append(f"{folder}: no README.md of one screen")
    return faults


def law_programs(bin_dir):
    faults = []
    forbidden = re.compile(r"lib(Qt|X11|xcb|GL|EGL|vulkan|wayland|gtk)")
    for name in ("tessera-relay", "tessera-appliance", "tessera-worker", "tessera"):
        program = Path(bin_dir) / name
        if not program.exists():
            faults.append(f"{program}: not built")
            continue
        for line in subprocess.run(["ldd", str(program)], capture_output=True, text=True, check=True).stdout.split("\n"):
            if forbidden.search(line):
                faults.append(f"{name} links {line.split()[0]}")
        # The command line opens libvulkan when asked to draw with it; the servers do not even name it.
        if name != "tessera" and b"libvulkan" in program.read_bytes():
            faults.append(f"{name} names libvulkan")
    return faults


def main():
    law = sys.argv[1] if len(sys.argv) > 1 else "sources"
    if law == "draw":
        print(picture())
        return 0
    faults = {"picture": law_picture, "sources": law_sources}[law]() if law != "programs" else law_programs(sys.argv[2])
    for fault in faults:
        print(fault)
    print(f"{law}: {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
