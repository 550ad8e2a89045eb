#include <appliance/jobs/job.h>

#include <algorithm>

namespace tessera::appliance {

std::string_view stateName(JobState state)
{
    switch (state) {
    case JobState::queued: return "queued";
    case JobState::running: return "running";
    case JobState::done: return "done";
    case JobState::failed: return "failed";
    case JobState::cancelled: return "cancelled";
    }
    return "failed";
}

bool isValidJobId(std::string_view text)
{
    return !text.empty() && text.size() <= maxIdBytes && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
}

} // namespace tessera::appliance
