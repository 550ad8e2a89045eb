#pragma once

#include <functional>
#include <map>
#include <string>

#include <core/crdt/doc.h>

/// The calls behind each entry of tests/golden/yjs/vectors.json that one client made alone, by id.
namespace tessera::crdt::test {

using Scenario = std::function<void(Doc&)>;
const std::map<std::string, Scenario>& scenarios();

} // namespace tessera::crdt::test
