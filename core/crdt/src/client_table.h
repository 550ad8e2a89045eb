#pragma once

#include <array>
#include <memory>
#include <unordered_map>
#include <vector>

#include "struct_list.h"

namespace tessera::crdt {

/// The clients of one document: their ids, the numbers that items name them by, and their structs.
class ClientTable
{
public:
    /// The client's number, given out on first use.
    ClientRef refOf(ClientId id)
    {
        Recent& recent = recentOf(id);
        if (recent.ref != noClient && recent.id == id)
            return recent.ref;
        const auto [found, isNew] = m_refs.try_emplace(number(id), static_cast<ClientRef>(m_clients.size()));
        if (isNew)
            m_clients.push_back(std::make_unique<Client>(Client{id, {}}));
        recent = {id, found->second};
        return found->second;
    }
    /// noClient when the document has nothing of it.
    [[nodiscard]] ClientRef find(ClientId id) const
    {
        Recent& recent = recentOf(id);
        if (recent.ref != noClient && recent.id == id)
            return recent.ref;
        const auto found = m_refs.find(number(id));
        if (found == m_refs.end())
            return noClient;
        recent = {id, found->second};
        return found->second;
    }
    [[nodiscard]] ClientId id(ClientRef ref) const { return m_clients[ref]->id; }
    [[nodiscard]] StructList& structs(ClientRef ref) { return m_clients[ref]->structs; }
    [[nodiscard]] const StructList& structs(ClientRef ref) const { return m_clients[ref]->structs; }
    [[nodiscard]] ClientRef count() const { return static_cast<ClientRef>(m_clients.size()); }
    /// Next expected clock.
    [[nodiscard]] Clock state(ClientId id) const
    {
        const ClientRef ref = find(id);
        return ref == noClient ? 0 : structs(ref).state();
    }

private:
    struct Client {
        ClientId id;
        StructList structs;
    };
    std::vector<std::unique_ptr<Client>> m_clients; ///< each stays in place when the table grows
    std::unordered_map<std::uint64_t, ClientRef> m_refs;
    /// Few clients write at a time, so a handful of answers serves nearly every question.
    struct Recent {
        ClientId id{};
        ClientRef ref = noClient;
    };
    static constexpr std::size_t recentCount = 16;
    Recent& recentOf(ClientId id) const { return m_recent[number(id) % recentCount]; }
    mutable std::array<Recent, recentCount> m_recent;
};

} // namespace tessera::crdt
