#pragma once

#include <string>
#include <vector>

#include <app/models/geometry_edits.h>
#include <core/base/random.h>
#include <core/crdt/any.h>
#include <core/document/command.h>

/// Commands of core/document out of JSON, as drive mode takes them (README). Pure.
namespace tessera::app {

struct ParsedCommands {
    Commands commands;
    std::vector<NodeId> created; ///< of createNode, in order
};

/// `page`: parent of nodes that name none. Errors say which command and which member.
Result<ParsedCommands, std::string> parseCommands(const crdt::Any& list, const NodeId& page, Random& random);

} // namespace tessera::app
