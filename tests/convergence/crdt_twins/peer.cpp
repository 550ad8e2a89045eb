// Documents of this engine, driven over stdin/stdout by run.mjs: a list of JSON commands per line,
// a list of JSON answers per line.
#include <iostream>
#include <string>

#include "twin.h"

using namespace tessera::crdt;

int main()
{
    test::TwinHost host;
    std::string line;
    while (std::getline(std::cin, line)) {
        const auto commands = parseJson(line);
        if (!commands) {
            std::cerr << "bad commands: " << tessera::describe(commands.error()) << '\n';
            return 1;
        }
        Any::Array answers;
        for (const Any& command : *commands->array())
            answers.push_back(host.answer(command));
        std::cout << toJson(answers) << '\n' << std::flush;
    }
}
