#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include <core/base/random.h>
#include <core/crdt/doc.h>
#include <core/crdt/update.h>

/// Documents of several people in one test, with the update of each transaction kept.
namespace tessera::crdt::test {

struct Replica {
    explicit Replica(std::uint64_t client, bool gc = true) : doc({.clientId = ClientId{client}, .gc = gc})
    {
        token = doc.onUpdate([this](ByteView update, const Origin&, bool local) {
            (local ? made : received).emplace_back(update.begin(), update.end());
        });
    }
    [[nodiscard]] Text text() { return doc.text("t"); }
    [[nodiscard]] Map map() { return doc.map("m"); }
    [[nodiscard]] Array array() { return doc.array("a"); }
    [[nodiscard]] std::string string() { return text().toString(); }
    [[nodiscard]] std::string json() { return toJson(map().toAny()); }
    void edit(const std::function<void(Transaction&)>& body, const Origin& origin = {}) { doc.transact(origin, body); }
    void insert(std::size_t at, std::string_view word)
    {
        edit([&](Transaction& t) { text().insert(t, at, word); });
    }
    void remove(std::size_t at, std::size_t count)
    {
        edit([&](Transaction& t) { text().remove(t, at, count); });
    }
    void format(std::size_t at, std::size_t count, const Any::Object& attributes)
    {
        edit([&](Transaction& t) { text().format(t, at, count, attributes); });
    }
    void set(std::string_view key, const NewValue& value)
    {
        edit([&](Transaction& t) { map().set(t, key, value); });
    }
    void unset(std::string_view key)
    {
        edit([&](Transaction& t) { map().remove(t, key); });
    }
    bool receive(const Replica& other)
    {
        return doc.applyUpdate(other.doc.encodeStateAsUpdate(doc.stateVector())).hasValue();
    }

    std::vector<Bytes> made;
    std::vector<Bytes> received;
    Doc doc;
    Doc::Subscription token;
};

using Replicas = std::vector<std::unique_ptr<Replica>>;

/// Replicas of these clients that start from the state of `base`.
inline Replicas copiesOf(const Replica& base, const std::vector<std::uint64_t>& clients)
{
    Replicas replicas;
    for (const std::uint64_t client : clients) {
        replicas.push_back(std::make_unique<Replica>(client));
        replicas.back()->receive(base);
    }
    return replicas;
}

/// Everybody gets everything; each receives from the others in the order of its own turn.
inline void exchangeAll(const Replicas& replicas)
{
    for (std::size_t i = 0; i < replicas.size(); ++i) {
        for (std::size_t k = 1; k < replicas.size(); ++k)
            replicas[i]->receive(*replicas[(i + k) % replicas.size()]);
    }
}

/// Calls `visit` with a document for each order in which the updates may arrive.
inline void inEveryOrder(const std::vector<Bytes>& updates, const std::function<void(Replica&)>& visit)
{
    std::vector<std::size_t> order(updates.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    do {
        Replica reader(1000);
        bool applied = true;
        for (const std::size_t i : order)
            applied = reader.doc.applyUpdate(updates[i]).hasValue() && applied;
        if (applied)
            visit(reader);
    } while (std::next_permutation(order.begin(), order.end()));
}

template <class T> void shuffle(Random& random, std::vector<T>& values)
{
    for (std::size_t i = values.size(); i > 1; --i)
        std::swap(values[i - 1], values[random.below(i)]);
}

/// True when the bytes hold this text somewhere.
inline bool holdsText(const Bytes& bytes, std::string_view text)
{
    return asText(bytes).find(text) != std::string_view::npos;
}

/// "one{"b":true}|two{}|", attributes by key.
inline std::string describeRuns(const Text& text)
{
    std::string out;
    for (const TextRun& run : text.runs()) {
        const auto* plain = std::get_if<std::string>(&run.content);
        Any::Object attributes = run.attributes;
        std::sort(attributes.begin(), attributes.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
        out += (plain ? *plain : toJson(std::get<Any>(run.content))) + toJson(Any(attributes)) + "|";
    }
    return out;
}

} // namespace tessera::crdt::test
