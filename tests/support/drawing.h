#pragma once

#include <QtTest>

#include <core/base/random.h>
#include <core/document/document.h>

/// A blank document and short ways to put nodes into it. Test code only.
struct Drawing {
    tessera::SeededRandom random{1};
    std::unique_ptr<tessera::document::Document> document = tessera::document::Document::createBlank(random, "drawing");
    tessera::NodeId page = document->tree().pages.front();

    void run(const tessera::document::Command& command)
    {
        const auto done = tessera::document::apply(*document, command, "test");
        if (!done)
            qFatal("%s", tessera::document::describe(done.error()).c_str());
    }
    tessera::NodeId add(const char* id, tessera::document::NodeType type, const tessera::Rect& box,
                        tessera::document::Properties more = {}, const tessera::NodeId& parent = {}, const char* text = "")
    {
        using namespace tessera;
        using namespace tessera::document;
        Properties all{{"xf", toAny(Transform::translation(box.x, box.y))}, {"size", toAny(Size{box.width, box.height})}};
        for (auto& entry : more) {
            std::erase_if(all, [&](const auto& other) { return other.first == entry.first; });
            all.push_back(std::move(entry));
        }
        run(CreateNode{NodeId(id), type, {parent.isEmpty() ? page : parent, {}}, std::move(all), text});
        return NodeId(id);
    }
    static std::pair<std::string, tessera::crdt::Any> filled(float r, float g, float b)
    {
        return {"fills", tessera::document::toAny(std::vector{tessera::document::solidPaint({r, g, b, 1})})};
    }
    static std::pair<std::string, tessera::crdt::Any> stroked()
    {
        return {"strokes", tessera::document::toAny(std::vector{tessera::document::solidPaint({0, 0, 0, 1})})};
    }
};
