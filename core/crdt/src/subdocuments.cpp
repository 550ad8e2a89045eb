#include "subdocuments.h"

#include <algorithm>

#include <core/base/utf.h>

#include "store.h"

namespace tessera::crdt {
namespace {

/// As JavaScript's if() sees it.
bool isTruthy(const Any* value)
{
    if (!value || value->isNull() || value->isUndefined())
        return false;
    if (const bool* flag = value->boolean())
        return *flag;
    if (const double* number = value->number())
        return *number != 0 && *number == *number;
    if (const std::string* text = value->string())
        return !text->empty();
    return true;
}

const Any* optionOf(const Any& options, std::string_view name)
{
    const Any* value = options.find(name);
    return value && !value->isUndefined() ? value : nullptr;
}

std::vector<Subdocument>::iterator findById(std::vector<Subdocument>& list, Id id)
{
    return std::find_if(list.begin(), list.end(),
                        [id](const Subdocument& one) { return one.id == id; });
}

} // namespace

Content contentOfSubdocument(const NewSubdocument& subdocument)
{
    Any::Object options;
    if (!subdocument.options.gc)
        options.emplace_back("gc", false);
    if (subdocument.options.autoLoad)
        options.emplace_back("autoLoad", true);
    if (!subdocument.options.meta.isNull() && !subdocument.options.meta.isUndefined())
        options.emplace_back("meta", subdocument.options.meta);
    return Content::ofSubdocument(toValidUtf8(subdocument.guid), std::move(options));
}

Subdocument subdocumentOf(const SubdocumentTable& table, Id id, const Content& content)
{
    for (const auto* known : {&table.live, &table.leaving}) {
        if (const auto found = known->find(id); found != known->end())
            return found->second;
    }
    const SubdocumentContent& held = content.subdocument();
    Subdocument subdocument{.id = id, .guid = held.guid, .options = {}, .shouldLoad = false};
    const Any* gc = optionOf(held.options, "gc");
    subdocument.options.gc = !gc || isTruthy(gc);
    subdocument.options.autoLoad = isTruthy(optionOf(held.options, "autoLoad"));
    if (const Any* meta = optionOf(held.options, "meta"))
        subdocument.options.meta = *meta;
    subdocument.shouldLoad =
        subdocument.options.autoLoad || isTruthy(optionOf(held.options, "shouldLoad"));
    return subdocument;
}

void noteSubdocumentAdded(SubdocumentTable& table, SubdocumentsEvent& changes,
                          const Subdocument& subdocument)
{
    table.live.insert_or_assign(subdocument.id, subdocument);
    changes.added.push_back(subdocument);
    if (subdocument.shouldLoad)
        changes.loaded.push_back(subdocument);
}

void noteSubdocumentRemoved(SubdocumentTable& table, SubdocumentsEvent& changes,
                            const Subdocument& subdocument)
{
    auto entry = table.live.extract(subdocument.id);
    if (const auto added = findById(changes.added, subdocument.id); added != changes.added.end())
        changes.added.erase(added);
    else
        changes.removed.push_back(subdocument);
    if (findById(changes.removed, subdocument.id) != changes.removed.end())
        table.leaving.insert(std::move(entry));
}

void setWanted(SubdocumentTable& table, SubdocumentsEvent& changes, Id id, bool isWanted)
{
    const auto known = table.live.find(id);
    if (known == table.live.end() || known->second.shouldLoad == isWanted)
        return;
    known->second.shouldLoad = isWanted;
    if (const auto added = findById(changes.added, id); added != changes.added.end())
        added->shouldLoad = isWanted;
    if (isWanted)
        changes.loaded.push_back(known->second);
    else if (const auto loaded = findById(changes.loaded, id); loaded != changes.loaded.end())
        changes.loaded.erase(loaded);
}

void finishSubdocuments(Store& store, TransactionState& transaction)
{
    const SubdocumentsEvent& changes = transaction.subdocuments;
    if (changes.added.empty() && changes.removed.empty() && changes.loaded.empty())
        return;
    store.subdocuments.observers.notify(changes,
                                         TransactionInfo{transaction.origin, transaction.isLocal});
    for (const Subdocument& removed : changes.removed)
        store.subdocuments.leaving.erase(removed.id);
}

Doc::Subscription
onSubdocuments(Doc& doc,
               std::function<void(const SubdocumentsEvent&, const TransactionInfo&)> callback)
{
    return doc.store().subdocuments.observers.add(std::move(callback));
}

std::vector<Subdocument> subdocuments(const Doc& doc)
{
    std::vector<Subdocument> all;
    for (const auto& [id, subdocument] : doc.store().subdocuments.live)
        all.push_back(subdocument);
    return all;
}

void loadSubdocument(Doc& doc, const Subdocument& subdocument)
{
    Store& store = doc.store();
    store.transact({}, true, [&](TransactionState& transaction) {
        setWanted(store.subdocuments, transaction.subdocuments, subdocument.id, true);
    });
}

void unloadSubdocument(Doc& doc, const Subdocument& subdocument)
{
    Store& store = doc.store();
    store.transact({}, true, [&](TransactionState& transaction) {
        SubdocumentsEvent& changes = transaction.subdocuments;
        const auto known = store.subdocuments.live.find(subdocument.id);
        if (known == store.subdocuments.live.end())
            return;
        const bool isNew = findById(changes.added, subdocument.id) != changes.added.end();
        if (!isNew)
            changes.removed.push_back(known->second);
        setWanted(store.subdocuments, changes, subdocument.id, false);
        if (!isNew)
            changes.added.push_back(known->second);
    });
}

} // namespace tessera::crdt
