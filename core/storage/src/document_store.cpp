#include <core/storage/document_store.h>

#include <algorithm>

#include "save_queue.h"

namespace tessera::storage {

using document::Document;

struct DocumentStore::Impl {
    using Callback = std::function<void(const SaveProgress&)>;

    std::unique_ptr<Document> document;
    const Clock* clock = nullptr;
    std::shared_ptr<TesseraFile> file;       ///< when read-only; else the queue's
    std::unique_ptr<SaveQueue> queue;        ///< null when read-only
    std::optional<Recovery> recovery;
    ReadOnlyReason reason = ReadOnlyReason::no;
    StoreOptions options;
    SaveProgress unsavable;                  ///< when read-only: changes that stay in memory
    SaveProgress told;
    std::vector<std::weak_ptr<Callback>> callbacks;
    crdt::Doc::Subscription updates;

    [[nodiscard]] std::shared_ptr<TesseraFile> currentFile() const { return queue ? queue->file() : file; }
    [[nodiscard]] SaveProgress progress() const { return queue ? queue->progress() : unsavable; }
    [[nodiscard]] NewUpdate wholeDocument() const
    {
        return {document->crdt().encodeStateAsUpdate(), document->crdt().clientId(), 0, clock->wallMs()};
    }
    void take(ByteView update, bool local);
    void giveWholeDocument()
    {
        if (queue && queue->wantsWholeDocument())
            queue->pushWholeDocument(wholeDocument());
    }
    void tell();
    void startQueue();
    void reportMissingBlobs();
    void ensurePage();
    static Opened start(std::unique_ptr<TesseraFile> file, std::unique_ptr<Document> document, const Clock& clock,
                        StoreOptions options, std::vector<std::string> refused);
};

void DocumentStore::Impl::take(ByteView update, bool local)
{
    if (!queue) {
        ++unsavable.queued;
        unsavable.error = StorageError{StorageErrc::readOnly, file->path(), "the file is open read-only"};
        return;
    }
    NewUpdate change{Bytes(update.begin(), update.end()), {}, 0, clock->wallMs()};
    if (local) {
        change.client = document->crdt().clientId();
        const crdt::StateVector vector = document->crdt().stateVector();
        const auto own = vector.find(change.client);
        change.clock = own == vector.end() ? 0 : own->second;
    }
    queue->push(std::move(change));
    giveWholeDocument();
}

void DocumentStore::Impl::startQueue()
{
    queue = std::make_unique<SaveQueue>(
        file, SaveQueue::Options{options.wake, options.maxQueuedBytes, options.compactAfterUpdates});
}

void DocumentStore::Impl::tell()
{
    const SaveProgress now = progress();
    if (now.queued == told.queued && now.durable == told.durable && now.error == told.error)
        return;
    told = now;
    std::vector<std::shared_ptr<Callback>> alive;
    for (const auto& weak : callbacks) {
        if (auto callback = weak.lock())
            alive.push_back(std::move(callback));
    }
    callbacks.assign(alive.begin(), alive.end());
    for (const auto& callback : alive)
        (*callback)(now);
}

void DocumentStore::Impl::reportMissingBlobs()
{
    std::size_t missing = 0;
    for (const document::Asset& asset : document->assets()) {
        const auto known = file->hasBlob(asset.hash);
        missing += !known || !known.value();
    }
    if (missing > 0)
        recovery->lost.push_back(std::to_string(missing) + " of the images the document names");
}

/// A recovered document may have lost its pages; what was saved of it needs one to stand on.
void DocumentStore::Impl::ensurePage()
{
    if (!document->tree().pages.empty())
        return;
    const NodeId page{makeIdText(document->random())};
    (void)document::apply(*document, document::CreateNode{page, document::NodeType::page, {}, {{"name", "Page 1"}}, {}},
                          "recovery");
}

DocumentStore::Opened DocumentStore::Impl::start(std::unique_ptr<TesseraFile> file, std::unique_ptr<Document> document,
                                                 const Clock& clock, StoreOptions options,
                                                 std::vector<std::string> refused)
{
    auto impl = std::make_unique<Impl>();
    impl->document = std::move(document);
    impl->clock = &clock;
    impl->file = std::move(file);
    impl->recovery = impl->file->recovery();
    impl->reason = impl->file->readOnlyReason();
    if (impl->recovery)
        impl->reportMissingBlobs();
    if (!refused.empty()) {
        if (!impl->recovery)
            impl->recovery.emplace();
        impl->recovery->lost.insert(impl->recovery->lost.end(), refused.begin(), refused.end());
    }
    impl->options = std::move(options);
    if (impl->reason == ReadOnlyReason::no)
        impl->startQueue();
    Impl* raw = impl.get();
    impl->updates = impl->document->crdt().onUpdate(
        [raw](ByteView update, const crdt::Origin&, bool local) { raw->take(update, local); });
    if (impl->recovery)
        impl->ensurePage();
    return std::unique_ptr<DocumentStore>(new DocumentStore(std::move(impl)));
}

DocumentStore::DocumentStore(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}

DocumentStore::Opened DocumentStore::open(const std::string& path, OpenMode mode, Random& random, const Clock& clock,
                                          StoreOptions options)
{
    TESSERA_TRY(file, TesseraFile::open(path, mode));
    auto document = std::make_unique<Document>(random, options.doc);
    TESSERA_TRY(refused, file->loadInto(document->crdt()));
    return Impl::start(std::move(file), std::move(document), clock, std::move(options), std::move(refused));
}

DocumentStore::Opened DocumentStore::create(const std::string& path, const std::string& name, Random& random,
                                            const Clock& clock, StoreOptions options)
{
    auto document = Document::createBlank(random, name, options.doc);
    return createFor(path, std::move(document), clock, std::move(options));
}

DocumentStore::Opened DocumentStore::createFor(const std::string& path, std::unique_ptr<Document> document,
                                               const Clock& clock, StoreOptions options)
{
    TESSERA_TRY(file, TesseraFile::create(path));
    crdt::Doc& doc = document->crdt();
    const crdt::StateVector vector = doc.stateVector();
    const auto own = vector.find(doc.clientId());
    TESSERA_CHECK(file->appendUpdate(doc.encodeStateAsUpdate(), doc.clientId(), own == vector.end() ? 0 : own->second,
                                     clock.wallMs()));
    return Impl::start(std::move(file), std::move(document), clock, std::move(options), {});
}

DocumentStore::~DocumentStore()
{
    m_impl->updates.reset();
    m_impl->giveWholeDocument();
}

document::Document& DocumentStore::document() const { return *m_impl->document; }
std::string DocumentStore::path() const { return m_impl->currentFile()->path(); }
bool DocumentStore::isReadOnly() const { return m_impl->reason != ReadOnlyReason::no; }
ReadOnlyReason DocumentStore::readOnlyReason() const { return m_impl->reason; }
const std::optional<Recovery>& DocumentStore::recovery() const { return m_impl->recovery; }
SaveProgress DocumentStore::progress() const { return m_impl->progress(); }

DocumentStore::Subscription DocumentStore::onProgress(std::function<void(const SaveProgress&)> callback)
{
    auto kept = std::make_shared<Impl::Callback>(std::move(callback));
    m_impl->callbacks.push_back(kept);
    return kept;
}

void DocumentStore::deliver()
{
    m_impl->giveWholeDocument();
    m_impl->tell();
}

Result<void, StorageError> DocumentStore::flush()
{
    if (!m_impl->queue) {
        m_impl->tell();
        if (m_impl->unsavable.error)
            return fail(*m_impl->unsavable.error);
        return {};
    }
    auto flushed = m_impl->queue->flush();
    if (m_impl->queue->wantsWholeDocument()) {
        m_impl->giveWholeDocument();
        flushed = m_impl->queue->flush();
    }
    m_impl->tell();
    return flushed;
}

ContentHash DocumentStore::putBlob(Bytes data, const std::string& mime)
{
    const ContentHash hash = contentHash(data);
    if (m_impl->queue)
        m_impl->queue->push(NewBlob{hash, mime, std::move(data)});
    return hash;
}

Result<std::optional<Blob>, StorageError> DocumentStore::blob(const ContentHash& hash) const
{
    if (m_impl->queue) {
        if (auto waiting = m_impl->queue->waitingBlob(hash))
            return std::optional(std::move(*waiting));
    }
    return m_impl->currentFile()->getBlob(hash);
}

bool DocumentStore::hasBlob(const ContentHash& hash) const
{
    if (m_impl->queue && m_impl->queue->waitingBlob(hash))
        return true;
    const auto known = m_impl->currentFile()->hasBlob(hash);
    return known && known.value();
}

void DocumentStore::setLocal(const std::string& key, Bytes value)
{
    if (m_impl->queue)
        m_impl->queue->push(key, std::move(value));
}

std::optional<Bytes> DocumentStore::local(const std::string& key) const
{
    if (m_impl->queue) {
        if (auto waiting = m_impl->queue->waitingLocal(key))
            return waiting;
    }
    const auto stored = m_impl->currentFile()->local(key);
    return stored ? stored.value() : std::nullopt;
}

Result<void, StorageError> DocumentStore::saveCopy(const std::string& path)
{
    if (m_impl->queue)
        TESSERA_CHECK(flush());
    return m_impl->currentFile()->copyTo(path);
}

Result<void, StorageError> DocumentStore::saveAs(const std::string& path)
{
    TESSERA_CHECK(saveCopy(path));
    TESSERA_TRY(copy, TesseraFile::open(path));
    if (m_impl->queue) {
        m_impl->file = std::move(copy);
        m_impl->queue->switchTo(m_impl->file);
        return {};
    }
    // The file could not be written, so changes stayed in memory: they go into the copy, which can.
    TESSERA_CHECK(copy->appendUpdates({m_impl->wholeDocument()}));
    m_impl->file = std::move(copy);
    m_impl->reason = ReadOnlyReason::no;
    m_impl->unsavable = {};
    m_impl->startQueue();
    return {};
}

Result<FileInfo, StorageError> DocumentStore::info() { return m_impl->currentFile()->info(); }

} // namespace tessera::storage
