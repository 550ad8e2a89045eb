#include <relay/generation/job_board.h>

#include <algorithm>
#include <cmath>

#include <collab/protocol/share_link.h>
#include <core/crdt/any.h>

namespace tessera::relay {
namespace {

using crdt::Any;

JobError invalid(std::string where, std::string detail) { return {JobErrc::invalid, std::move(where), std::move(detail)}; }

Result<std::string, JobError> textMember(const Any& object, std::string_view name, std::size_t maxBytes, bool required)
{
    const Any* member = object.find(name);
    if (member == nullptr || member->isNull()) {
        if (required)
            return fail(invalid(std::string(name), "is missing"));
        return std::string();
    }
    if (member->string() == nullptr)
        return fail(invalid(std::string(name), "is not a string"));
    if (member->string()->size() > maxBytes)
        return fail(invalid(std::string(name), "is longer than " + std::to_string(maxBytes) + " bytes"));
    return *member->string();
}

/// A whole number in [low, high]; `otherwise` when absent, an error when absent and there is no otherwise.
Result<std::uint64_t, JobError> wholeMember(const Any& object, std::string_view name, std::uint64_t low,
                                            std::uint64_t high, std::optional<std::uint64_t> otherwise)
{
    const Any* member = object.find(name);
    if (member == nullptr || member->isNull()) {
        if (!otherwise)
            return fail(invalid(std::string(name), "is missing"));
        return *otherwise;
    }
    const double* number = member->number();
    if (number == nullptr || !(*number >= static_cast<double>(low) && *number <= static_cast<double>(high)) ||
        std::floor(*number) != *number)
        return fail(invalid(std::string(name),
                            "is not a whole number from " + std::to_string(low) + " to " + std::to_string(high)));
    return static_cast<std::uint64_t>(*number);
}

bool isHexColor(std::string_view text)
{
    return text.size() == 7 && text[0] == '#' &&
           std::all_of(text.begin() + 1, text.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
}

Result<std::vector<std::string>, JobError> colorsMember(const Any& object)
{
    std::vector<std::string> colors;
    const Any* member = object.find("colors");
    if (member == nullptr || member->isNull())
        return colors;
    const Any::Array* array = member->array();
    if (array == nullptr || array->size() > maxJobColors)
        return fail(invalid("colors", "is not a list of at most " + std::to_string(maxJobColors) + " colours"));
    for (std::size_t i = 0; i < array->size(); ++i) {
        const std::string* text = (*array)[i].string();
        if (text == nullptr || !isHexColor(*text))
            return fail(invalid("colors[" + std::to_string(i) + "]", "is not #RRGGBB"));
        colors.push_back(*text);
    }
    return colors;
}

} // namespace

Result<JobRequest, JobError> parseJobRequest(const RoomId& room, std::string_view json)
{
    const auto parsed = crdt::parseJson(json);
    if (!parsed)
        return fail(invalid("body", "is not JSON: " + describe(parsed.error())));
    if (parsed->object() == nullptr)
        return fail(invalid("body", "is not a JSON object"));
    TESSERA_TRY(id, textMember(*parsed, "id", maxIdBytes, false));
    if (!id.empty() && !collab::isRoomId(id)) // job ids have the shape of room ids
        return fail(invalid("id", "is not 1 to 64 characters of A-Z a-z 0-9 _ -"));
    TESSERA_TRY(model, textMember(*parsed, "model", 200, true));
    TESSERA_TRY(prompt, textMember(*parsed, "prompt", maxPromptBytes, true));
    TESSERA_TRY(author, textMember(*parsed, "author", 200, false));
    TESSERA_TRY(colors, colorsMember(*parsed));
    TESSERA_TRY(width, wholeMember(*parsed, "width", 1, maxJobSizePx, std::nullopt));
    TESSERA_TRY(height, wholeMember(*parsed, "height", 1, maxJobSizePx, std::nullopt));
    TESSERA_TRY(seed, wholeMember(*parsed, "seed", 0, (std::uint64_t{1} << 53) - 1, 0));
    TESSERA_TRY(steps, wholeMember(*parsed, "steps", 0, 1000, 0));
    return JobRequest{JobId{std::move(id)}, room, std::move(model), std::move(prompt), std::move(colors),
                      static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(height), seed,
                      static_cast<std::uint32_t>(steps), std::move(author)};
}

std::string formatJobRequest(const JobRequest& request)
{
    Any::Array colors(request.colors.begin(), request.colors.end());
    return crdt::toJson(Any::Object{{"id", request.id.text()},
                                    {"model", request.model},
                                    {"prompt", request.prompt},
                                    {"colors", std::move(colors)},
                                    {"width", static_cast<double>(request.widthPx)},
                                    {"height", static_cast<double>(request.heightPx)},
                                    {"seed", request.seed},
                                    {"steps", static_cast<double>(request.steps)},
                                    {"author", request.author}});
}

std::string formatJobEvent(const JobUpdate& update)
{
    Any::Object event{{"job", update.job.text()},
                      {"state", update.state},
                      {"step", static_cast<double>(update.step)},
                      {"steps", static_cast<double>(update.steps)}};
    if (!update.previewHash.empty())
        event.emplace_back("previewHash", update.previewHash);
    if (!update.resultHash.empty())
        event.emplace_back("resultHash", update.resultHash);
    if (auto layers = crdt::parseJson(update.layersJson); layers && layers->array() != nullptr)
        event.emplace_back("layers", std::move(layers).value());
    event.emplace_back("width", static_cast<double>(update.widthPx));
    event.emplace_back("height", static_cast<double>(update.heightPx));
    if (!update.errorCode.empty())
        event.emplace_back("error", Any::Object{{"code", update.errorCode}, {"detail", update.errorDetail}});
    if (auto recipe = crdt::parseJson(update.recipeJson); recipe && recipe->object() != nullptr)
        event.emplace_back("recipe", std::move(recipe).value());
    return crdt::toJson(event);
}

} // namespace tessera::relay
