#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <vector>

namespace tessera::crdt {

/// Callbacks of one kind. A callback lives as long as the token that `add` returns; tokens may outlive the list and
/// be dropped from inside a callback. One added from inside a callback is called from the next time on.
template <class Signature> class Observers
{
public:
    std::shared_ptr<void> add(std::function<Signature> callback)
    {
        auto slot = std::make_shared<Slot>(Slot{std::move(callback), true});
        if (m_notifying == 0)
            dropEnded();
        m_slots.push_back(slot);
        return std::shared_ptr<void>(slot.get(), [slot](void*) { slot->isLive = false; });
    }

    [[nodiscard]] bool isEmpty() const
    {
        return std::none_of(m_slots.begin(), m_slots.end(), [](const auto& slot) { return slot->isLive; });
    }

    template <class... Arguments> void notify(Arguments&&... arguments)
    {
        const std::size_t count = m_slots.size();
        ++m_notifying;
        bool hasEnded = false;
        for (std::size_t i = 0; i < count; ++i) {
            Slot& slot = *m_slots[i];
            if (slot.isLive)
                slot.callback(arguments...);
            hasEnded = hasEnded || !slot.isLive;
        }
        if (--m_notifying == 0 && hasEnded)
            dropEnded();
    }

private:
    struct Slot {
        std::function<Signature> callback;
        bool isLive = true;
    };
    void dropEnded()
    {
        std::erase_if(m_slots, [](const auto& slot) { return !slot->isLive; });
    }

    std::vector<std::shared_ptr<Slot>> m_slots;
    int m_notifying = 0;
};

} // namespace tessera::crdt
