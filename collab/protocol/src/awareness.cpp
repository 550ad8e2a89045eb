#include <collab/protocol/awareness.h>

#include <algorithm>
#include <cassert>

#include <core/crdt/any.h>

namespace tessera::collab {

namespace {

constexpr std::string_view offlineJson = "null";

/// Same JSON value; texts that differ may still say the same.
bool sameState(const std::string& a, const std::string& b)
{
    if (a == b)
        return true;
    const auto parsedA = crdt::parseJson(a);
    const auto parsedB = crdt::parseJson(b);
    return parsedA && parsedB && *parsedA == *parsedB;
}

Result<AwarenessEntry, DecodeError> readEntry(ByteReader& reader)
{
    AwarenessEntry entry;
    TESSERA_TRY(client, reader.readVarUint());
    TESSERA_TRY(clock, reader.readVarUint());
    entry.client = crdt::ClientId{client};
    entry.clock = clock;
    const std::size_t lengthOffset = reader.offset();
    TESSERA_TRY(json, reader.readVarString());
    const std::size_t textOffset = reader.offset() - json.size();
    if (json.size() > maxAwarenessStateBytes)
        return fail(DecodeError{DecodeErrc::tooLarge, lengthOffset});
    if (json == offlineJson)
        return entry;
    const auto parsed = crdt::parseJson(json);
    if (!parsed)
        return fail(DecodeError{DecodeErrc::malformed, textOffset + parsed.error().offset});
    if (parsed->isUndefined())
        return fail(DecodeError{DecodeErrc::malformed, textOffset});
    if (!parsed->isNull())
        entry.stateJson = std::string(json);
    return entry;
}

} // namespace

Result<std::vector<AwarenessEntry>, DecodeError> decodeAwareness(ByteView update)
{
    if (update.size() > maxAwarenessBytes)
        return fail(DecodeError{DecodeErrc::tooLarge, maxAwarenessBytes});
    ByteReader reader{update};
    TESSERA_TRY(count, reader.readVarUint());
    if (count > maxAwarenessClients)
        return fail(DecodeError{DecodeErrc::tooLarge, 0});
    std::vector<AwarenessEntry> entries;
    for (std::uint64_t i = 0; i < count; ++i) { // no reserve from a count that nothing has borne out yet
        TESSERA_TRY(entry, readEntry(reader));
        entries.push_back(std::move(entry));
    }
    if (!reader.atEnd())
        return fail(reader.errorHere(DecodeErrc::trailingBytes));
    return entries;
}

Bytes encodeAwareness(std::span<const AwarenessEntry> entries)
{
    ByteWriter writer;
    writer.writeVarUint(entries.size());
    for (const AwarenessEntry& entry : entries) {
        writer.writeVarUint(crdt::number(entry.client));
        writer.writeVarUint(entry.clock);
        writer.writeVarString(entry.stateJson ? std::string_view{*entry.stateJson} : offlineJson);
    }
    return writer.take();
}

std::vector<crdt::ClientId> AwarenessChange::touched() const
{
    std::vector<crdt::ClientId> all = added;
    all.insert(all.end(), updated.begin(), updated.end());
    all.insert(all.end(), removed.begin(), removed.end());
    return all;
}

Awareness::Awareness(const tessera::Clock& clock, std::optional<crdt::ClientId> localClient)
    : m_clock(clock), m_local(localClient)
{
    // Peers take a first state only above clock 0, so the clock starts there without a state and the first one has 1.
    if (m_local)
        m_meta[*m_local] = {0, m_clock.now()};
}

AwarenessChange Awareness::setLocalState(std::optional<std::string> stateJson)
{
    assert(m_local);
    AwarenessChange change;
    Meta& meta = m_meta[*m_local];
    ++meta.clock;
    meta.updatedAt = m_clock.now();
    const auto held = m_states.find(*m_local);
    if (!stateJson) {
        change.removed.push_back(*m_local);
        if (held != m_states.end())
            m_states.erase(held);
    } else if (held == m_states.end()) {
        change.added.push_back(*m_local);
        m_states.emplace(*m_local, std::move(*stateJson));
    } else {
        change.updated.push_back(*m_local);
        if (!sameState(held->second, *stateJson))
            change.changed.push_back(*m_local);
        held->second = std::move(*stateJson);
    }
    return change;
}

const std::string* Awareness::localState() const
{
    if (!m_local)
        return nullptr;
    const auto held = m_states.find(*m_local);
    return held == m_states.end() ? nullptr : &held->second;
}

Result<AwarenessChange, DecodeError> Awareness::applyUpdate(ByteView update)
{
    TESSERA_TRY(entries, decodeAwareness(update));
    return applyEntries(entries);
}

AwarenessChange Awareness::applyEntries(std::span<const AwarenessEntry> entries)
{
    AwarenessChange change;
    for (const AwarenessEntry& entry : entries) {
        const auto meta = m_meta.find(entry.client);
        const auto held = m_states.find(entry.client);
        const bool isKnown = meta != m_meta.end();
        const bool isHeld = held != m_states.end();
        const std::uint64_t knownClock = isKnown ? meta->second.clock : 0;
        const bool isNewer = entry.clock > knownClock;
        const bool endsHeld = entry.clock == knownClock && !entry.stateJson && isHeld;
        if (!isNewer && !endsHeld)
            continue;
        if (!isKnown && m_meta.size() >= maxAwarenessClients) {
            forgetOldestRemoved();
            if (m_meta.size() >= maxAwarenessClients)
                continue;
        }
        if (entry.client == m_local && !entry.stateJson && isHeld) {
            // Somebody took us for gone: a higher clock with our state tells everyone that we are here.
            m_meta[entry.client] = {entry.clock + 1, m_clock.now()};
            change.updated.push_back(entry.client);
            continue;
        }
        m_meta[entry.client] = {entry.clock, m_clock.now()};
        if (!entry.stateJson) {
            if (isHeld)
                m_states.erase(held);
            if (isKnown)
                change.removed.push_back(entry.client);
        } else if (!isHeld) {
            m_states.emplace(entry.client, *entry.stateJson);
            change.added.push_back(entry.client);
        } else {
            if (!sameState(held->second, *entry.stateJson))
                change.changed.push_back(entry.client);
            held->second = *entry.stateJson;
            change.updated.push_back(entry.client);
        }
    }
    return change;
}

AwarenessChange Awareness::tick()
{
    AwarenessChange change;
    const auto now = m_clock.now();
    if (const std::string* own = localState(); own && now - m_meta[*m_local].updatedAt >= awarenessRefreshAge)
        change = setLocalState(*own);
    std::vector<crdt::ClientId> silent;
    for (const auto& [client, state] : m_states) {
        if (client != m_local && now - m_meta[client].updatedAt >= awarenessTimeout)
            silent.push_back(client);
    }
    AwarenessChange dropped = remove(silent);
    change.removed = std::move(dropped.removed);
    return change;
}

AwarenessChange Awareness::remove(std::span<const crdt::ClientId> clients)
{
    AwarenessChange change;
    for (const crdt::ClientId client : clients) {
        if (m_states.erase(client) == 0)
            continue;
        if (client == m_local)
            m_meta[client] = {m_meta[client].clock + 1, m_clock.now()};
        change.removed.push_back(client);
    }
    return change;
}

AwarenessChange Awareness::removeAllRemote()
{
    AwarenessChange change;
    for (const auto& [client, state] : m_states) {
        if (client != m_local)
            change.removed.push_back(client);
    }
    std::erase_if(m_states, [this](const auto& item) { return item.first != m_local; });
    std::erase_if(m_meta, [this](const auto& item) { return item.first != m_local; });
    return change;
}

std::vector<crdt::ClientId> Awareness::clients() const
{
    std::vector<crdt::ClientId> all;
    for (const auto& [client, state] : m_states)
        all.push_back(client);
    return all;
}

Bytes Awareness::encode(std::span<const crdt::ClientId> clients) const
{
    std::vector<AwarenessEntry> entries;
    for (const crdt::ClientId client : clients) {
        const auto meta = m_meta.find(client);
        if (meta == m_meta.end())
            continue;
        const auto held = m_states.find(client);
        AwarenessEntry entry{client, meta->second.clock, std::nullopt};
        if (held != m_states.end())
            entry.stateJson = held->second;
        entries.push_back(std::move(entry));
    }
    return encodeAwareness(entries);
}

/// Clocks of clients that left are kept so that a late message cannot bring them back; when there is no room for a
/// new client, the one that left longest ago is forgotten.
void Awareness::forgetOldestRemoved()
{
    auto oldest = m_meta.end();
    for (auto meta = m_meta.begin(); meta != m_meta.end(); ++meta) {
        if (m_states.contains(meta->first) || meta->first == m_local)
            continue;
        if (oldest == m_meta.end() || meta->second.updatedAt < oldest->second.updatedAt)
            oldest = meta;
    }
    if (oldest != m_meta.end())
        m_meta.erase(oldest);
}

} // namespace tessera::collab
