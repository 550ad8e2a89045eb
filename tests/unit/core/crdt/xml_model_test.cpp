#include <QtTest>

#include <core/base/clock.h>
#include <core/crdt/undo_manager.h>

#include "random_tree.h"
#include "replicas.h"
#include "seeds.h"

using namespace tessera;
using namespace tessera::crdt;
using namespace tessera::crdt::test;

namespace {

/// An element, a text or a hook as a plain tree has it.
struct Node {
    TypeKind kind = TypeKind::xmlElement;
    std::string name; ///< of an element
    std::string text; ///< of a text
    std::map<std::string, std::string> attributes;
    std::vector<std::unique_ptr<Node>> children;
    SharedType handle;

    [[nodiscard]] std::string markup() const
    {
        if (kind == TypeKind::xmlText)
            return text;
        if (kind == TypeKind::xmlHook)
            return "[object Object]";
        std::string inside;
        for (const auto& child : children)
            inside += child->markup();
        if (kind == TypeKind::xmlFragment)
            return inside;
        std::string lower = name;
        std::transform(lower.begin(), lower.end(), lower.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
        std::string opening = "<" + lower;
        for (const auto& [key, value] : attributes)
            opening += " " + key + "=\"" + value + "\"";
        return opening + ">" + inside + "</" + lower + ">";
    }
};

/// Builds and changes a tree in a document and in the model alike.
class Gardener
{
public:
    Gardener(Doc& doc, Random& random) : m_random(random)
    {
        root.kind = TypeKind::xmlFragment;
        root.handle = doc.xmlFragment("x");
    }

    void step(Transaction& t)
    {
        Node& node = anyParent();
        XmlFragment fragment = node.handle.asXmlFragment();
        const std::size_t size = node.children.size();
        const std::size_t at = m_random.below(size + 1);
        switch (m_random.below(10)) {
        case 0:
        case 1:
            fragment.insert(t, at, grow(node, at));
            break;
        case 2:
            fragment.push(t, grow(node, size));
            break;
        case 3:
            fragment.insertAfter(t, at == 0 ? SharedType() : node.children[at - 1]->handle,
                                 grow(node, at));
            break;
        case 4:
            fragment.insertAfter(t, root.handle, {NewType{.kind = TypeKind::xmlText}});
            break; // no child: nothing
        case 5:
            if (at < size) {
                const std::size_t count = 1 + m_random.below(3);
                fragment.remove(t, at, count);
                node.children.erase(node.children.begin() + std::ptrdiff_t(at),
                                    node.children.begin() +
                                        std::ptrdiff_t(std::min(size, at + count)));
            }
            break;
        case 6:
        case 7:
            attribute(t, node);
            break;
        default:
            types ? write(t, node) : attribute(t, node);
        }
        takeHandles(root);
    }

    /// Every node stands where the model has it, and says so from all sides.
    [[nodiscard]] bool agrees() const
    {
        return root.handle.asXmlFragment().toString() == root.markup() && agrees(root);
    }

    Node root;
    bool types = true; ///< into texts, too

private:
    Node& anyParent()
    {
        Node* node = &root;
        for (;;) {
            std::vector<Node*> elements;
            for (const auto& child : node->children) {
                if (child->kind == TypeKind::xmlElement)
                    elements.push_back(child.get());
            }
            if (elements.empty() || m_random.below(3) == 0)
                return *node;
            node = elements[m_random.below(elements.size())];
        }
    }

    NewType grow(Node& node, int depth)
    {
        static const char* const names[] = {"p", "DIV", "b-c", ""};
        NewType made;
        const std::uint64_t roll = m_random.below(10);
        node.kind = roll < 6   ? TypeKind::xmlElement
                    : roll < 9 ? TypeKind::xmlText
                               : TypeKind::xmlHook;
        made.kind = node.kind;
        if (node.kind == TypeKind::xmlText) {
            made.text = node.text = m_random.below(4) == 0 ? "" : word();
        } else if (node.kind == TypeKind::xmlElement) {
            made.nodeName = node.name = names[m_random.below(4)];
            if (m_random.below(2) == 0) {
                node.attributes["id"] = word();
                made.entries.emplace_back("id", Any(node.attributes["id"]));
            }
            for (std::uint64_t i = depth > 2 ? 0 : m_random.below(3); i > 0; --i) {
                node.children.push_back(std::make_unique<Node>());
                made.elements.emplace_back(grow(*node.children.back(), depth + 1));
            }
        }
        return made;
    }
    /// One to three new children at `at` of the model; their like for the document.
    std::vector<NewValue> grow(Node& parent, std::size_t at)
    {
        std::vector<NewValue> made;
        for (std::uint64_t i = 1 + m_random.below(3); i > 0; --i) {
            auto node = std::make_unique<Node>();
            made.emplace_back(grow(*node, 0));
            parent.children.insert(parent.children.begin() + std::ptrdiff_t(at++), std::move(node));
        }
        return made;
    }
    void attribute(Transaction& t, Node& node)
    {
        XmlElement element = node.handle.asXmlElement();
        if (element.isNull())
            return;
        static const char* const names[] = {"a", "id", "Z", "\u00e9"};
        const std::string name = names[m_random.below(4)];
        if (m_random.below(3) == 0) {
            element.removeAttribute(t, name);
            node.attributes.erase(name);
        } else {
            node.attributes[name] = word();
            element.setAttribute(t, name, Any(node.attributes[name]));
        }
    }
    void write(Transaction& t, Node& node)
    {
        for (const auto& child : node.children) {
            if (child->kind != TypeKind::xmlText || m_random.below(2) == 0)
                continue;
            XmlText text = child->handle.asXmlText();
            const std::size_t at = m_random.below(child->text.size() + 1);
            if (m_random.below(3) == 0) {
                text.remove(t, at, 2);
                child->text.erase(at, 2);
            } else {
                const std::string added = word();
                text.insert(t, at, added);
                child->text.insert(at, added);
            }
        }
    }
    std::string word()
    {
        return std::string(1 + m_random.below(4), static_cast<char>('a' + m_random.below(26)));
    }

    static void takeHandles(Node& node)
    {
        const XmlFragment fragment = node.handle.asXmlFragment();
        for (std::size_t i = 0; i < node.children.size(); ++i) {
            if (node.children[i]->handle.isNull())
                node.children[i]->handle = fragment.get(i);
            if (node.children[i]->kind == TypeKind::xmlElement)
                takeHandles(*node.children[i]);
        }
    }
    static bool agrees(const Node& node)
    {
        const XmlFragment fragment = node.handle.asXmlFragment();
        const std::size_t size = node.children.size();
        bool same = fragment.size() == size && fragment.get(size).isNull() &&
                    fragment.firstChild() == fragment.get(0);
        std::size_t visited = 0;
        fragment.forEach([&](std::size_t index, const Value& child) {
            same = same && index == visited && index < size &&
                   std::get<SharedType>(child) == node.children[index]->handle;
            ++visited;
        });
        for (std::size_t i = 0; same && i < size; ++i) {
            const Node& child = *node.children[i];
            same = fragment.get(i) == child.handle && child.handle.kind() == child.kind &&
                   child.handle.parent() == node.handle &&
                   child.handle.previousSibling() ==
                       (i == 0 ? SharedType() : node.children[i - 1]->handle) &&
                   child.handle.nextSibling() ==
                       (i + 1 == size ? SharedType() : node.children[i + 1]->handle);
            if (child.kind == TypeKind::xmlElement)
                same =
                    same && child.handle.asXmlElement().nodeName() == child.name && agrees(child);
            if (child.kind == TypeKind::xmlText)
                same = same && child.handle.asXmlText().toString() == child.text;
        }
        return same && visited == size;
    }

    Random& m_random;
};

} // namespace

/// XML documents against a plain tree.
class XmlModelTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void anyEditsAreThoseOfAPlainTree_data() { addSeedRows(60); }
    void anyEditsAreThoseOfAPlainTree()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        Replica a(1), reader(2);
        Gardener gardener(a.doc, random);
        for (int step = 0; step < 100; ++step) {
            a.edit([&](Transaction& t) {
                for (std::uint64_t i = chance(random, 30) ? 4 : 1; i > 0; --i)
                    gardener.step(t);
            });
            QVERIFY2(gardener.agrees(), qPrintable(QString("step %1").arg(step)));
            if (chance(random, 20)) {
                QVERIFY(reader.receive(a));
                QCOMPARE(reader.doc.xmlFragment("x").toString(), gardener.root.markup());
            }
        }
    }

    void undoGoesBackThroughTheTrees_data() { addSeedRows(40); }
    void undoGoesBackThroughTheTrees()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        Replica a(1);
        Gardener gardener(a.doc, random);
        gardener.types =
            false; // what undo does with texts that are cut and joined, undo_test.cpp tells
        ManualClock clock;
        UndoManager undo(a.doc, {a.doc.xmlFragment("x")},
                         {.trackedOrigins = {"me"}, .captureTimeout = std::chrono::milliseconds(0)},
                         clock);
        std::vector<std::string> past{""};
        for (int step = 0; step < 60; ++step) {
            a.edit([&](Transaction& t) { gardener.step(t); }, "me");
            if (undo.depth(UndoStack::undo) == past.size())
                past.push_back(gardener.root.markup());
        }
        const XmlFragment root = a.doc.xmlFragment("x");
        while (undo.undo())
            QCOMPARE(root.toString(), past[undo.depth(UndoStack::undo)]);
        QCOMPARE(root.size(), std::size_t{0});
        while (undo.redo())
            QCOMPARE(root.toString(), past[undo.depth(UndoStack::undo)]);
        QCOMPARE(root.toString(), gardener.root.markup());
    }

    /// What two people plant at the same time stands there in whole, and in one order for
    /// everybody.
    void treesOfTwoPeopleStandSideBySide_data() { addSeedRows(40); }
    void treesOfTwoPeopleStandSideBySide()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        Replica base(50);
        base.edit([&](Transaction& t) {
            base.doc.xmlFragment("x").push(
                t, {NewType{.kind = TypeKind::xmlElement, .nodeName = "start"},
                    NewType{.kind = TypeKind::xmlElement, .nodeName = "end"}});
        });
        const Replicas people = copiesOf(base, {1, 2});
        std::map<std::size_t, std::size_t> planted;
        for (int step = 0; step < 30; ++step) {
            const std::size_t who = random.below(2);
            Replica& person = *people[who];
            XmlFragment root = person.doc.xmlFragment("x");
            person.edit([&](Transaction& t) {
                const std::string name =
                    (who == 0 ? "ann" : "bob") + std::to_string(planted[who]++);
                root.insert(
                    t, random.below(root.size() + 1),
                    {NewType{.kind = TypeKind::xmlElement,
                             .nodeName = name,
                             .elements = {NewType{.kind = TypeKind::xmlText, .text = name}}}});
            });
            if (chance(random, 20))
                exchangeAll(people);
        }
        exchangeAll(people);
        const std::string markup = people[0]->doc.xmlFragment("x").toString();
        QCOMPARE(people[1]->doc.xmlFragment("x").toString(), markup);
        for (const auto& [who, count] : planted) {
            for (std::size_t i = 0; i < count; ++i) {
                const std::string name = (who == 0 ? "ann" : "bob") + std::to_string(i);
                QVERIFY(markup.find("<" + name + ">" + name + "</" + name + ">") !=
                        std::string::npos);
            }
        }
        QCOMPARE(people[0]->doc.encodeStateAsUpdate(), people[1]->doc.encodeStateAsUpdate());
    }
};

QTEST_APPLESS_MAIN(XmlModelTest)
#include "xml_model_test.moc"
