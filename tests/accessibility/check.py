#!/usr/bin/env python3
"""Every interactive node of the editor's accessibility tree has a name. Prints what it found; fails on a nameless one."""
import sys
import time

import pyatspi

INTERACTIVE = {
    pyatspi.ROLE_PUSH_BUTTON, pyatspi.ROLE_TOGGLE_BUTTON, pyatspi.ROLE_CHECK_BOX, pyatspi.ROLE_RADIO_BUTTON,
    pyatspi.ROLE_MENU, pyatspi.ROLE_MENU_ITEM, pyatspi.ROLE_CHECK_MENU_ITEM, pyatspi.ROLE_COMBO_BOX, pyatspi.ROLE_ENTRY,
    pyatspi.ROLE_TEXT, pyatspi.ROLE_SLIDER, pyatspi.ROLE_SPIN_BUTTON, pyatspi.ROLE_PAGE_TAB, pyatspi.ROLE_LINK,
}


def editor():
    end = time.monotonic() + 30
    while time.monotonic() < end:
        for application in pyatspi.Registry.getDesktop(0):
            if application and "tessera" in (application.name or "").lower() and application.childCount > 0:
                return application
        time.sleep(0.3)
    return None


def walk(node, path, depth=0):
    if node is None or depth > 40:
        return
    yield node, path
    for i in range(node.childCount):
        try:
            child = node.getChildAtIndex(i)
        except Exception:  # the node went away meanwhile
            continue
        if child is not None:
            yield from walk(child, path + [child.getRoleName() + ":" + (child.name or "")], depth + 1)


def main():
    application = editor()
    if application is None:
        print("the editor did not show up on the accessibility bus")
        return 1
    time.sleep(2)
    counted, nameless, roles = 0, [], {}
    for node, path in walk(application, []):
        role = node.getRole()
        if role not in INTERACTIVE:
            continue
        states = node.getState()
        if role == pyatspi.ROLE_MENU_ITEM and not node.name and not states.contains(pyatspi.STATE_ENABLED):
            continue  # a separator
        counted += 1
        roles[node.getRoleName()] = roles.get(node.getRoleName(), 0) + 1
        if not (node.name or "").strip():
            nameless.append(" > ".join(path[-4:]))
    print(f"{counted} interactive nodes: " + ", ".join(f"{n} {r}" for r, n in sorted(roles.items())))
    for path in nameless:
        print("no name: " + path)
    return 1 if nameless or counted < 20 else 0


if __name__ == "__main__":
    sys.exit(main())
