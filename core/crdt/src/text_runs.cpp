#include "text_runs.h"

#include "attributes.h"

namespace tessera::crdt {

std::vector<TextRun> readRuns(Doc& doc, const Branch& text, JoinRuns join)
{
    std::vector<TextRun> runs;
    AttributeMap attributes;
    bool startsRun = true;
    for (const Item* item = text.start; item; item = item->right) {
        if (item->isDeleted)
            continue;
        switch (item->kind()) {
        case ContentKind::format:
            attributes.apply(item->content.format());
            startsRun = true;
            break;
        case ContentKind::string: {
            std::string* last = runs.empty() ? nullptr : std::get_if<std::string>(&runs.back().content);
            const bool isSame = last && (!startsRun || join == JoinRuns::yes) &&
                                (!startsRun || Any(runs.back().attributes) == Any(attributes.entries()));
            if (isSame)
                *last += item->content.text();
            else
                runs.push_back({std::string(item->content.text()), attributes.entries()});
            startsRun = false;
            break;
        }
        case ContentKind::embed: runs.push_back({item->content.value(), attributes.entries()}); break;
        case ContentKind::type:
            runs.push_back({SharedType(&doc, item->content.branch()), attributes.entries()});
            break;
        default: break; // only foreign bytes put other content into a text
        }
    }
    return runs;
}

} // namespace tessera::crdt
