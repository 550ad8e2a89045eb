#include <appliance/workers/messages.h>

namespace tessera::appliance {
namespace {

enum class Kind : std::uint8_t { run = 1, cancel = 2, ready = 3, step = 4, done = 5, failed = 6 };

void writeHead(ByteWriter& writer, Kind kind, const std::string& job, int attempt)
{
    writer.writeByte(static_cast<std::uint8_t>(kind));
    writer.writeVarString(job);
    writer.writeVarUint(static_cast<std::uint64_t>(attempt));
}

void write(ByteWriter& writer, const RunJob& message)
{
    writeHead(writer, Kind::run, message.job, message.attempt);
    writer.writeVarBuffer(message.request);
}

void write(ByteWriter& writer, const CancelJob& message)
{
    writeHead(writer, Kind::cancel, message.job, message.attempt);
}

void write(ByteWriter& writer, const WorkerReady& message)
{
    writer.writeByte(static_cast<std::uint8_t>(Kind::ready));
    writer.writeVarUint(message.models.size());
    for (const ModelInfo& model : message.models) {
        for (const std::string* text : {&model.id, &model.name, &model.kind, &model.digest})
            writer.writeVarString(*text);
        writer.writeByte(static_cast<std::uint8_t>(model.output));
        writer.writeVarUint(model.defaultSteps);
        writer.writeVarUint(model.maxSizePx);
    }
    writer.writeVarString(message.note);
}

void write(ByteWriter& writer, const JobStep& message)
{
    writeHead(writer, Kind::step, message.job, message.attempt);
    writer.writeVarUint(message.step);
    writer.writeVarUint(message.steps);
    writer.writeVarBuffer(message.previewPng);
}

void write(ByteWriter& writer, const JobDone& message)
{
    writeHead(writer, Kind::done, message.job, message.attempt);
    writer.writeVarBuffer(message.png);
    writer.writeVarString(message.layersJson);
    writer.writeVarString(message.recipeJson);
}

void write(ByteWriter& writer, const JobFailed& message)
{
    writeHead(writer, Kind::failed, message.job, message.attempt);
    writer.writeVarString(message.error.code);
    writer.writeVarString(message.error.detail);
}

/// Reads primitives and remembers the first error, so that a message is read in one straight run.
class BodyReader
{
public:
    explicit BodyReader(ByteView body) : m_reader(body) {}

    std::uint8_t byte() { return take(m_reader.readByte(), std::uint8_t{}); }
    std::uint32_t number(std::uint32_t max = UINT32_MAX)
    {
        const std::uint64_t value = take(m_reader.readVarUint(), std::uint64_t{});
        if (value > max)
            refuse(DecodeErrc::tooLarge);
        return m_error ? 0 : static_cast<std::uint32_t>(value);
    }
    std::string text(std::size_t maxBytes)
    {
        const std::string_view value = take(m_reader.readVarString(), std::string_view{});
        if (value.size() > maxBytes)
            refuse(DecodeErrc::tooLarge);
        return m_error ? std::string() : std::string(value);
    }
    Bytes buffer()
    {
        const ByteView value = take(m_reader.readVarBuffer(), ByteView{});
        return {value.begin(), value.end()};
    }
    void refuse(DecodeErrc code)
    {
        if (!m_error)
            m_error = m_reader.errorHere(code);
    }
    [[nodiscard]] bool failed() const { return m_error.has_value(); }
    Result<WorkerMessage, DecodeError> finish(WorkerMessage message)
    {
        if (!m_reader.atEnd())
            refuse(DecodeErrc::trailingBytes);
        if (m_error)
            return fail(*m_error);
        return message;
    }

private:
    template <class T> T take(Result<T, DecodeError> result, T fallback)
    {
        if (m_error)
            return fallback;
        if (!result) {
            m_error = result.error();
            return fallback;
        }
        return *result;
    }
    ByteReader m_reader;
    std::optional<DecodeError> m_error;
};

constexpr std::size_t maxNameBytes = 256;
constexpr std::size_t maxNoteBytes = 4096;
constexpr std::size_t maxRecipeBytes = 64u << 10;
constexpr std::uint32_t maxAttempt = 1'000'000;

WorkerReady readReady(BodyReader& body)
{
    WorkerReady ready;
    const std::uint32_t count = body.number(maxModels);
    for (std::uint32_t i = 0; i < count && !body.failed(); ++i) {
        ModelInfo model;
        for (std::string* text : {&model.id, &model.name, &model.kind, &model.digest})
            *text = body.text(maxNameBytes);
        const std::uint8_t output = body.byte();
        if (output != 1 && output != 2)
            body.refuse(DecodeErrc::unknownTag);
        model.output = static_cast<ModelOutput>(output);
        model.defaultSteps = body.number();
        model.maxSizePx = body.number();
        ready.models.push_back(std::move(model));
    }
    ready.note = body.text(maxNoteBytes);
    return ready;
}

} // namespace

Bytes encodeFrame(const WorkerMessage& message)
{
    ByteWriter writer;
    for (int i = 0; i < 4; ++i)
        writer.writeByte(0);
    std::visit([&](const auto& value) { write(writer, value); }, message);
    Bytes frame = writer.take();
    const std::size_t length = frame.size() - 4;
    for (int i = 0; i < 4; ++i)
        frame[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(length >> (8 * i));
    return frame;
}

Result<WorkerMessage, DecodeError> decodeMessage(ByteView bytes)
{
    BodyReader body{bytes};
    const auto kind = static_cast<Kind>(body.byte());
    if (kind == Kind::ready) {
        WorkerReady ready = readReady(body);
        return body.finish(std::move(ready));
    }
    std::string job = body.text(maxNameBytes);
    const int attempt = static_cast<int>(body.number(maxAttempt));
    switch (kind) {
    case Kind::run: {
        RunJob run{std::move(job), attempt, body.buffer()};
        return body.finish(std::move(run));
    }
    case Kind::cancel: return body.finish(CancelJob{std::move(job), attempt});
    case Kind::step: {
        JobStep step{std::move(job), attempt, 0, 0, {}};
        step.step = body.number();
        step.steps = body.number();
        step.previewPng = body.buffer();
        return body.finish(std::move(step));
    }
    case Kind::done: {
        JobDone done{std::move(job), attempt, {}, {}, {}};
        done.png = body.buffer();
        done.layersJson = body.text(maxLayersBytes);
        done.recipeJson = body.text(maxRecipeBytes);
        return body.finish(std::move(done));
    }
    case Kind::failed: {
        JobFailed failed{std::move(job), attempt, {}};
        failed.error.code = body.text(maxNameBytes);
        failed.error.detail = body.text(maxNoteBytes);
        return body.finish(std::move(failed));
    }
    case Kind::ready: break;
    }
    body.refuse(DecodeErrc::unknownTag);
    return body.finish(CancelJob{});
}

Result<std::optional<WorkerMessage>, DecodeError> FrameReader::next()
{
    if (m_bytes.size() < 4)
        return std::optional<WorkerMessage>();
    const std::size_t length = m_bytes[0] | std::size_t{m_bytes[1]} << 8 | std::size_t{m_bytes[2]} << 16 | std::size_t{m_bytes[3]} << 24;
    if (length > m_maxFrameBytes)
        return fail(DecodeError{DecodeErrc::tooLarge, 0});
    if (m_bytes.size() < 4 + length)
        return std::optional<WorkerMessage>();
    TESSERA_TRY(message, decodeMessage(ByteView(m_bytes).subspan(4, length)));
    m_bytes.erase(m_bytes.begin(), m_bytes.begin() + static_cast<std::ptrdiff_t>(4 + length));
    return std::optional<WorkerMessage>(std::move(message));
}

} // namespace tessera::appliance
