#pragma once

#include <map>
#include <string>

#include "imported_tree.h"
#include "zip_writer.h"

/// A .penpot file of version 3 made here: one file "F" with a page "P" of which tests add the shapes. JSON has single quotes.
namespace tessera::testing {

inline const std::string penpotRoot = "00000000-0000-0000-0000-000000000000";

class PenpotFixture
{
public:
    PenpotFixture()
    {
        entries["manifest.json"] = "{'type':'penpot/export-files','version':1,'files':[{'id':'F','name':'Test'}]}";
        entries["files/F.json"] = "{'id':'F','name':'Test','version':67}";
        entries["files/F/pages/P.json"] = "{'id':'P','name':'Page','index':0}";
    }
    /// `members` continue the shape's object, each with a leading comma; the shape is the last child of `parent`.
    PenpotFixture& shape(const std::string& id, const std::string& type, double x, double y, double width, double height,
                         const std::string& members = {}, const std::string& parent = penpotRoot)
    {
        const auto number = [](double value) { return std::to_string(value); };
        m_children[parent] += (m_children[parent].empty() ? "'" : ",'") + id + "'";
        m_shapes[id] = "{'id':'" + id + "','name':'" + id + "','type':'" + type + "','parentId':'" + parent + "','selrect':{'x':"
            + number(x) + ",'y':" + number(y) + ",'width':" + number(width) + ",'height':" + number(height) + "}" + members;
        return *this;
    }
    [[nodiscard]] std::string bytes()
    {
        if (!m_shapes.contains(penpotRoot))
            m_shapes[penpotRoot] = "{'id':'" + penpotRoot + "','type':'frame','name':'Root Frame'";
        for (const auto& [id, text] : m_shapes)
            entries["files/F/pages/P/" + id + ".json"] = text + ",'shapes':[" + m_children[id] + "]}";
        ZipWriter zip;
        for (const auto& [name, data] : entries)
            zip.add(name, name.ends_with(".json") ? quoted(data) : data);
        return zip.take();
    }

    std::map<std::string, std::string> entries; ///< whole files, written last

private:
    std::map<std::string, std::string> m_shapes;
    std::map<std::string, std::string> m_children;
};

} // namespace tessera::testing
