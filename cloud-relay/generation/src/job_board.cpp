#include <relay/generation/job_board.h>

#include <algorithm>

#include <core/base/log.h>
#include <core/base/random.h>

namespace tessera::relay {

using service::Database;

namespace {

constexpr std::size_t maxIncomingBlobs = 16;
constexpr std::size_t maxIncomingBytes = 2 * maxBlobBytes;

} // namespace

JobBoard::JobBoard(RoomStore& store, RoomHub& hub, BlobStore& blobs, const Clock& clock)
    : m_store(store), m_hub(hub), m_blobs(blobs), m_clock(clock)
{
}

Result<void, SqliteError> JobBoard::load()
{
    TESSERA_TRY(rows, m_store.reader().prepare("SELECT id,room,request,event,sequence FROM jobs WHERE final=0"));
    for (;;) {
        TESSERA_TRY(more, rows.step());
        if (!more)
            return {};
        const JobId id{rows.text(0)};
        auto request = parseJobRequest(RoomId{rows.text(1)}, rows.text(2));
        if (!request) {
            log::error("relay", "a stored job does not read and was passed over",
                       {{"job", id.text()}, {"member", request.error().where}});
            continue;
        }
        request->id = id;
        OpenJob open{std::move(request).value()};
        open.lastEvent = rows.text(3);
        open.sequence = static_cast<std::uint64_t>(rows.integer(4));
        open.isDurable = true;
        m_open.emplace(id, std::move(open));
    }
}

Result<std::optional<RoomId>, SqliteError> JobBoard::roomOf(const JobId& job)
{
    if (const auto open = m_open.find(job); open != m_open.end())
        return std::optional(open->second.request.room);
    TESSERA_TRY(select, m_store.reader().prepare("SELECT room FROM jobs WHERE id=?"));
    TESSERA_TRY(found, select.bind(1, job.text()).step());
    return found ? std::optional(RoomId{select.text(0)}) : std::nullopt;
}

void JobBoard::submit(JobRequest request, SubmitDone done)
{
    if (request.id.isEmpty()) {
        SystemRandom random;
        request.id = JobId{makeIdText(random)};
    }
    const JobId id = request.id;
    const auto existing = roomOf(id);
    if (!existing)
        return done(fail(JobError{JobErrc::disk, id.text(), existing.error().detail}));
    if (*existing) {
        if (**existing != request.room)
            return done(fail(JobError{JobErrc::otherRoom, "id", "the id is taken"}));
        // Perhaps accepted a moment ago: everything before this is on disk when it is.
        const auto nothing = [](Database&) -> Result<void, SqliteError> { return {}; };
        return m_store.writer().run(nothing, [id, done = std::move(done)](const Result<void, SqliteError>& result) {
            if (result)
                done(id);
            else
                done(fail(JobError{JobErrc::disk, id.text(), result.error().detail}));
        });
    }
    if (m_appliance == nullptr)
        return done(fail(JobError{JobErrc::noAppliance, "appliance", "no appliance is connected to this relay"}));
    if (std::none_of(m_models.begin(), m_models.end(), [&](const ModelInfo& m) { return m.id == request.model; }))
        return done(fail(JobError{JobErrc::unknownModel, "model", "the appliance has no model " + request.model}));
    const auto openHere = std::count_if(m_open.begin(), m_open.end(),
                                        [&](const auto& entry) { return entry.second.request.room == request.room; });
    if (static_cast<std::size_t>(openHere) >= maxOpenJobsPerRoom)
        return done(fail(JobError{JobErrc::tooMany, "jobs", "the room has too many unfinished jobs"}));

    JobUpdate queued{.job = id, .state = "queued", .widthPx = request.widthPx, .heightPx = request.heightPx};
    OpenJob& open = m_open[id];
    open.request = std::move(request);
    open.lastState = queued.state;
    open.lastEvent = formatJobEvent(queued);
    const OpenJob& job = open;
    m_store.writer().run(
        [id, room = job.request.room, text = formatJobRequest(job.request), event = job.lastEvent,
         now = m_clock.wallMs()](Database& database) -> Result<void, SqliteError> {
            TESSERA_TRY(insert, database.prepare("INSERT INTO jobs(id,room,created_ms,request,event,sequence,final) "
                                                 "VALUES(?,?,?,?,?,0,0)"));
            insert.bind(1, id.text()).bind(2, room.text()).bind(3, now).bind(4, text).bind(5, event);
            return insert.run();
        },
        [this, id, done = std::move(done)](const Result<void, SqliteError>& result) {
            const auto found = m_open.find(id);
            if (!result) {
                if (found != m_open.end())
                    m_open.erase(found);
                return done(fail(JobError{JobErrc::disk, id.text(), result.error().detail}));
            }
            if (found != m_open.end()) {
                found->second.isDurable = true;
                tellRoom(found->second.request.room, found->second.lastEvent);
                if (m_appliance != nullptr)
                    m_appliance->submit(found->second.request);
            }
            done(id);
        });
}

Result<std::optional<std::string>, SqliteError> JobBoard::lastEvent(const RoomId& room, const JobId& job)
{
    if (const auto open = m_open.find(job); open != m_open.end())
        return open->second.request.room == room ? std::optional(open->second.lastEvent) : std::nullopt;
    TESSERA_TRY(select, m_store.reader().prepare("SELECT event FROM jobs WHERE id=? AND room=?"));
    TESSERA_TRY(found, select.bind(1, job.text()).bind(2, room.text()).step());
    return found ? std::optional(select.text(0)) : std::nullopt;
}

Result<void, JobError> JobBoard::cancel(const RoomId& room, const JobId& job)
{
    const auto known = roomOf(job);
    if (!known)
        return fail(JobError{JobErrc::disk, job.text(), known.error().detail});
    if (!*known || **known != room)
        return fail(JobError{JobErrc::unknownJob, job.text(), "the room has no such job"});
    if (!m_open.contains(job))
        return {}; // finished already
    if (m_appliance == nullptr)
        return fail(JobError{JobErrc::noAppliance, "appliance", "no appliance is connected to this relay"});
    m_appliance->cancel(job);
    return {};
}

void JobBoard::attach(ApplianceSender& appliance, std::vector<ModelInfo> models)
{
    m_appliance = &appliance;
    m_models = std::move(models);
    // The appliance may have died before a job reached its journal; submitting is idempotent by the job's id.
    for (const auto& [id, open] : m_open)
        if (open.isDurable && !open.isClosing)
            m_appliance->submit(open.request);
}

void JobBoard::detach(const ApplianceSender& appliance)
{
    if (m_appliance != &appliance)
        return;
    m_appliance = nullptr;
    m_models.clear();
    std::erase_if(m_incoming, [](const auto& entry) { return !entry.second.isStoring; });
}

void JobBoard::onUpdate(const JobUpdate& update)
{
    const auto found = m_open.find(update.job);
    if (found == m_open.end()) {
        // Finished here, or never ours: the appliance need not tell it again.
        if (update.isFinal() && m_appliance != nullptr)
            m_appliance->settle(update.job);
        return;
    }
    OpenJob& open = found->second;
    const bool isRefusal = update.sequence == 0 && update.isFinal();
    if (open.isClosing || (!isRefusal && update.sequence <= open.sequence))
        return;
    if (adoptBlobOf(update, open.request.room))
        return;
    open.sequence = update.sequence;
    const bool isNewState = open.lastState != update.state;
    open.lastState = update.state;
    open.lastEvent = formatJobEvent(update);
    if (!update.isFinal()) {
        tellRoom(open.request.room, open.lastEvent);
        if (isNewState) // steps in between are cheap to lose: the appliance tells the newest one again
            persist(update.job, open, false, {});
        return;
    }
    open.isClosing = true;
    persist(update.job, open, true, [this, job = update.job](const Result<void, SqliteError>& result) {
        const auto closing = m_open.find(job);
        if (!result || closing == m_open.end())
            return; // not settled, so the appliance tells it again
        tellRoom(closing->second.request.room, closing->second.lastEvent);
        m_open.erase(closing);
        if (m_appliance != nullptr)
            m_appliance->settle(job);
    });
}

/// An appliance sends a blob once, also when jobs of two rooms end in the same picture. When the room lacks a blob that
/// the relay has, it gets it first; true: the update comes again after that.
bool JobBoard::adoptBlobOf(const JobUpdate& update, const RoomId& room)
{
    for (const std::string* hash : {&update.previewHash, &update.resultHash}) {
        const auto parsed = parseContentHash(*hash);
        const auto record = parsed ? m_store.find(room) : std::optional<RoomRecord>();
        if (!parsed || !record || !*record)
            continue;
        const auto here = m_blobs.info((*record)->number, *parsed);
        const auto anywhere = m_blobs.infoAnywhere(*parsed);
        if (!here || *here || !anywhere || !*anywhere)
            continue;
        m_blobs.link((*record)->number, *parsed, (*anywhere)->sizeBytes, (*anywhere)->mime,
                     [this, update, room, blob = *parsed, size = (*anywhere)->sizeBytes](const auto& linked) {
                         if (!linked)
                             return; // the disk; an unsettled job is told again
                         m_hub.announce(room, collab::BlobOffer{blob, size});
                         onUpdate(update);
                     });
        return true;
    }
    return false;
}

void JobBoard::persist(const JobId& job, const OpenJob& open, bool isFinal, LogWriter::Done done)
{
    m_store.writer().run(
        [job, event = open.lastEvent, sequence = open.sequence, isFinal](Database& database) -> Result<void, SqliteError> {
            TESSERA_TRY(update, database.prepare("UPDATE jobs SET event=?,sequence=?,final=? WHERE id=?"));
            update.bind(1, event).bind(2, static_cast<std::int64_t>(sequence)).bind(3, std::int64_t{isFinal ? 1 : 0});
            return update.bind(4, job.text()).run();
        },
        std::move(done));
}

void JobBoard::tellRoom(const RoomId& room, const std::string& event)
{
    m_hub.announce(room, collab::JobEvent{event});
}

void JobBoard::refuseBlob(const std::string& hash, const std::string& code, const std::string& detail)
{
    // What is being stored ends by itself; a bad offer of the same hash meanwhile does not take it away.
    if (const auto found = m_incoming.find(hash); found != m_incoming.end() && !found->second.isStoring)
        m_incoming.erase(found);
    if (m_appliance != nullptr)
        m_appliance->acknowledgeBlob(hash, 0, code, detail);
}

void JobBoard::onBlobOffer(const JobId& job, const std::string& hash, std::uint64_t totalBytes, const std::string& mime)
{
    const auto parsed = parseContentHash(hash);
    if (!parsed)
        return refuseBlob(hash, "bad-hash", "not 64 lower-case hex digits");
    const auto room = roomOf(job);
    if (!room || !*room)
        return refuseBlob(hash, "unknown-job", "no room asked for job " + job.text());
    const auto record = m_hub.ensureRecord(**room);
    if (!record)
        return refuseBlob(hash, "disk", record.error().detail);
    if (totalBytes > maxBlobBytes)
        return refuseBlob(hash, "too-large", "at most " + std::to_string(maxBlobBytes) + " bytes");
    const auto there = m_blobs.info(record->number, *parsed);
    if (there && *there) {
        m_appliance->acknowledgeBlob(hash, totalBytes, {}, {});
        return;
    }
    std::uint64_t announced = totalBytes;
    for (const auto& [other, blob] : m_incoming)
        announced += blob.totalBytes;
    if (!m_incoming.contains(hash) && (m_incoming.size() >= maxIncomingBlobs || announced > maxIncomingBytes))
        return refuseBlob(hash, "busy", "too many blobs are under way");
    IncomingBlob& blob = m_incoming[hash];
    blob.rooms.emplace(**room, record->number);
    if (blob.isStoring)
        return;
    if (blob.totalBytes != totalBytes)
        blob.content.clear();
    blob.totalBytes = totalBytes;
    blob.mime = mime;
    if (blob.content.size() == totalBytes)
        return storeBlob(hash, blob);
    m_appliance->acknowledgeBlob(hash, blob.content.size(), {}, {});
}

void JobBoard::onBlobChunk(const std::string& hash, std::uint64_t offset, std::string_view bytes)
{
    const auto found = m_incoming.find(hash);
    if (found == m_incoming.end() || found->second.isStoring)
        return; // refused before; the refusal and this chunk crossed
    IncomingBlob& blob = found->second;
    if (offset != blob.content.size() || bytes.size() > blob.totalBytes - offset)
        return refuseBlob(hash, "bad-chunk", "a chunk begins at " + std::to_string(offset) + ", expected " +
                                                 std::to_string(blob.content.size()));
    blob.content.append(bytes);
    if (blob.content.size() == blob.totalBytes)
        storeBlob(hash, blob);
}

void JobBoard::storeBlob(const std::string& hash, IncomingBlob& blob)
{
    blob.isStoring = true;
    m_blobs.put(blob.rooms.begin()->second, ContentHash{hash}, blob.mime, std::move(blob.content),
                [this, hash](const Result<BlobStore::Stored, BlobError>& stored) {
                    if (!stored) {
                        m_incoming.erase(hash);
                        return refuseBlob(hash, stored.error().code == BlobErrc::wrongHash ? "wrong-hash" : "disk",
                                          stored.error().detail);
                    }
                    linkNextRoom(hash);
                });
}

/// The same picture may have been asked for by several rooms; each gets a row of its own, then the sender is told.
void JobBoard::linkNextRoom(const std::string& hash)
{
    IncomingBlob& blob = m_incoming.at(hash);
    if (blob.rooms.empty()) {
        if (m_appliance != nullptr)
            m_appliance->acknowledgeBlob(hash, blob.totalBytes, {}, {});
        m_incoming.erase(hash);
        return;
    }
    const auto [room, number] = *blob.rooms.begin();
    blob.rooms.erase(blob.rooms.begin());
    m_blobs.link(number, ContentHash{hash}, blob.totalBytes, blob.mime,
                 [this, hash, room = room](const Result<BlobStore::Stored, BlobError>& linked) {
                     if (!linked) {
                         m_incoming.erase(hash);
                         return refuseBlob(hash, "disk", linked.error().detail);
                     }
                     m_hub.announce(room, collab::BlobOffer{ContentHash{hash}, m_incoming.at(hash).totalBytes});
                     linkNextRoom(hash);
                 });
}

} // namespace tessera::relay
