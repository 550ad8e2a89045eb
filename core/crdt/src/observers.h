#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <vector>

namespace tessera::crdt {

/// Callbacks of one kind. A callback lives as long as the token that `add` returns; tokens may outlive the list and
/// be dropped from inside a callback.
template <class Signature> class Observers
{
public:
    std::shared_ptr<void> add(std::function<Signature> callback)
    {
        auto token = std::make_shared<std::function<Signature>>(std::move(callback));
        std::erase_if(m_callbacks, [](const auto& known) { return known.expired(); });
        m_callbacks.push_back(token);
        return token;
    }

    [[nodiscard]] bool isEmpty() const
    {
        return std::all_of(m_callbacks.begin(), m_callbacks.end(), [](const auto& known) { return known.expired(); });
    }

    template <class... Arguments> void notify(Arguments&&... arguments) const
    {
        const auto callbacks = m_callbacks;
        for (const auto& known : callbacks) {
            if (const auto callback = known.lock())
                (*callback)(arguments...);
        }
    }

private:
    std::vector<std::weak_ptr<std::function<Signature>>> m_callbacks;
};

} // namespace tessera::crdt
