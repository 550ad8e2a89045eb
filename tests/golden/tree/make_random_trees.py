#!/usr/bin/env python3
"""Writes random.json: random rows and the tree that the rules of ../README.md give. Written apart from the C++ and
TypeScript sources on purpose; it follows each node upward on its own instead of visiting the graph once."""
import json
import os
import random


def tree(rows):
    nodes = {r["id"]: r for r in rows
             if 0 < len(r["id"].encode()) <= 64 and r["id"] != "trash" and not r["id"].startswith("recovered:")}

    def is_root(row):
        return row["page"] and row["parent"] == ""

    def loop_of(start):
        seen = []
        at = start
        while at in nodes and at not in seen:
            seen.append(at)
            at = nodes[at]["parent"]
        return seen[seen.index(at):] if at in seen else []

    def place(row):
        if is_root(row):
            return ""
        loop = loop_of(row["id"])
        if row["id"] in loop and row["id"] == min(loop, key=lambda i: i.encode()):
            return None
        return row["parent"] if row["parent"] == "trash" or row["parent"] in nodes else None

    def sorted_ids(ids):
        return sorted(ids, key=lambda i: (nodes[i]["order"].encode(), i.encode()))

    pages = sorted_ids(i for i in nodes if is_root(nodes[i]))
    children = {}
    loose = []
    for i in sorted_ids(nodes):
        where = place(nodes[i])
        if where is None:
            loose.append(i)
        elif where != "":
            children.setdefault(where, []).append(i)
    if loose:
        group = "recovered:" + (pages[0] if pages else "")
        children[group] = loose
        if pages:
            children.setdefault(pages[0], []).append(group)
    return {"pages": pages, "children": children}


def random_rows(rng):
    names = [f"{rng.choice('abcdeXYZ019')}{i}" for i in range(rng.randint(1, 40))]
    parents = names + ["trash", "gone", ""]
    rows = []
    for name in names:
        page = rng.random() < 0.15
        rows.append({"id": name, "page": page,
                     "parent": "" if page and rng.random() < 0.8 else rng.choice(parents),
                     "order": rng.choice(["a0", "a1", "a1V", "Zz", "b00", ""])})
    return rows


def main():
    rng = random.Random(20)
    cases = []
    for number in range(40):
        rows = random_rows(rng)
        cases.append({"name": f"random {number}", "rows": rows, **tree(rows)})
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "random.json")
    with open(path, "w", encoding="utf-8") as out:
        out.write('{"cases": [\n')
        out.write(",\n".join(json.dumps(c, separators=(",", ":"), sort_keys=True) for c in cases))
        out.write("\n]}\n")


if __name__ == "__main__":
    main()
