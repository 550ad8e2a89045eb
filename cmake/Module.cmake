# The architecture: folders, lowest layer first, and for each the only folders it may name in DEPENDS.
# docs/architecture.md draws this table and `ctest -R architecture` compares the two.
# A row is  folder | allowed folders ;  core/*, render/* and collab/* stand for every folder of that prefix.
set(TESSERA_EDGE_TABLE
    "core/base          |"
    "core/crdt          | core/base"
    "core/document      | core/base core/crdt"
    "core/storage       | core/base core/crdt core/document"
    "core/formats       | core/base core/crdt core/document"
    "core/service       | core/base"
    "render/text        | core/base"
    "render/scene       | core/base core/crdt core/document render/text"
    "render/strips      | core/base render/scene render/text"
    "render/cpu         | core/base render/scene render/strips"
    "render/tiles       | core/base render/scene render/strips"
    "render/vulkan      | core/base render/scene render/strips render/cpu"
    "render/export      | core/base core/document render/text render/scene render/strips render/cpu"
    "collab/protocol    | core/base core/crdt"
    "collab/session     | core/base core/crdt core/document core/storage collab/protocol"
    "collab/asio        | core/base collab/protocol collab/session"
    "collab/qt          | core/base collab/protocol collab/session"
    "appliance/api      |"
    "appliance/jobs     | core/* appliance/api"
    "appliance/runtimes | core/* render/export render/cpu render/scene render/text appliance/api"
    "appliance/workers  | core/* appliance/api appliance/jobs appliance/runtimes"
    "appliance/server   | core/* collab/* appliance/api appliance/jobs appliance/workers appliance/runtimes"
    "cloud-relay/rooms      | core/* collab/protocol"
    "cloud-relay/generation | core/* collab/protocol appliance/api cloud-relay/rooms"
    "cloud-relay/gateway    | core/* collab/protocol cloud-relay/rooms cloud-relay/generation"
    "cloud-relay/server     | core/* cloud-relay/rooms cloud-relay/gateway cloud-relay/generation"
    "cloud-relay/web        |"
    "app/theme          | core/*"
    "app/models         | core/* collab/* appliance/api"
    "app/tools          | core/* render/* app/models"
    "app/canvas         | core/* render/* app/theme app/models app/tools"
    "app/panels         | core/* render/* app/theme app/models app/tools"
    "app/shell          | core/* render/* collab/* appliance/api app/theme app/models app/tools app/canvas app/panels"
    "app/sdk            | core/* render/* collab/session collab/asio collab/protocol"
)

set(TESSERA_FOLDERS "")
foreach(row IN LISTS TESSERA_EDGE_TABLE)
    string(REGEX MATCH "^([^ ]+) *\\|(.*)$" _ "${row}")
    set(folder ${CMAKE_MATCH_1})
    string(STRIP "${CMAKE_MATCH_2}" allowed)
    separate_arguments(allowed)
    list(APPEND TESSERA_FOLDERS ${folder})
    set(TESSERA_ALLOWED_${folder} ${allowed})
endforeach()

function(tessera_target_name folder out)
    string(REPLACE "/" "_" name "${folder}")
    string(REPLACE "-" "_" name "${name}")
    set(${out} ${name} PARENT_SCOPE)
endfunction()

function(tessera_current_folder out)
    file(RELATIVE_PATH folder ${CMAKE_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
    set(${out} ${folder} PARENT_SCOPE)
endfunction()

# Stops the configure run when the current folder names a folder that its row does not allow.
function(tessera_check_edges)
    tessera_current_folder(folder)
    if(NOT folder IN_LIST TESSERA_FOLDERS)
        message(FATAL_ERROR "${folder} has no row in the edge table of cmake/Module.cmake")
    endif()
    foreach(target IN LISTS ARGN)
        set(found FALSE)
        foreach(pattern IN LISTS TESSERA_ALLOWED_${folder})
            foreach(candidate IN LISTS TESSERA_FOLDERS)
                tessera_target_name(${candidate} name)
                string(REPLACE "*" "[a-z]+" regex "^${pattern}$")
                if(target STREQUAL name AND candidate MATCHES "${regex}")
                    set(found TRUE)
                endif()
            endforeach()
        endforeach()
        if(NOT found)
            message(FATAL_ERROR "${folder} may not use ${target}: no such edge in cmake/Module.cmake")
        endif()
    endforeach()
    set_property(GLOBAL APPEND PROPERTY TESSERA_EDGES_USED "${folder}:${ARGN}")
endfunction()

# add_module(<target> SOURCES … HEADERS … [DEPENDS …] [LIBRARIES …] [PUBLIC_LIBRARIES …] [QT])
# A static library with its own include root. HEADERS are public and must compile alone. DEPENDS are our modules and
# are public; LIBRARIES are third-party targets, private unless in PUBLIC_LIBRARIES. QT turns on moc and the shared
# precompiled header.
function(add_module target)
    cmake_parse_arguments(arg "QT" "" "SOURCES;HEADERS;DEPENDS;LIBRARIES;PUBLIC_LIBRARIES" ${ARGN})
    tessera_current_folder(folder)
    tessera_target_name(${folder} expected)
    if(NOT target STREQUAL expected)
        message(FATAL_ERROR "${folder} must be called ${expected}, not ${target}")
    endif()
    tessera_check_edges(${arg_DEPENDS})
    if(TESSERA_FUZZ AND (arg_QT OR "${arg_LIBRARIES};${arg_PUBLIC_LIBRARIES}" MATCHES "Qt6::"))
        return()
    endif()
    add_library(${target} STATIC ${arg_SOURCES})
    target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS include FILES ${arg_HEADERS})
    target_include_directories(${target} PRIVATE src)
    target_link_libraries(${target} PUBLIC ${arg_DEPENDS} ${arg_PUBLIC_LIBRARIES} PRIVATE ${arg_LIBRARIES})
    set_target_properties(${target} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
    if(arg_QT)
        tessera_use_qt(${target})
        target_sources(${target} PRIVATE ${arg_HEADERS})
    endif()
endfunction()

# add_program(<name> SOURCES … [DEPENDS …] [LIBRARIES …] [QT]): an executable in bin, under the same edge check.
function(add_program name)
    if(TESSERA_FUZZ) # fuzz builds hold libraries and fuzz targets only
        return()
    endif()
    cmake_parse_arguments(arg "QT" "" "SOURCES;DEPENDS;LIBRARIES" ${ARGN})
    tessera_current_folder(folder)
    tessera_target_name(${folder} own)
    set(checked ${arg_DEPENDS})
    list(REMOVE_ITEM checked ${own})
    tessera_check_edges(${checked})
    add_executable(${name} ${arg_SOURCES})
    target_include_directories(${name} PRIVATE src)
    target_link_libraries(${name} PRIVATE ${arg_DEPENDS} ${arg_LIBRARIES})
    if(arg_QT)
        tessera_use_qt(${name})
    endif()
endfunction()

# moc plus one precompiled header for all Qt code (19 CPU seconds once, then 1 instead of 4 per file).
function(tessera_use_qt target)
    set_target_properties(${target} PROPERTIES AUTOMOC ON)
    target_link_libraries(${target} PRIVATE Qt6::Core Qt6::Gui Qt6::Widgets Qt6::Network)
    target_compile_definitions(${target} PRIVATE QT_NO_KEYWORDS QT_NO_CAST_TO_ASCII QT_NO_FOREACH)
    # Targets that also use gRPC get it from there; the header must be compiled with the same flags everywhere.
    target_compile_options(${target} PRIVATE -pthread)
    if(NOT TARGET tessera_qt_pch)
        file(WRITE ${CMAKE_BINARY_DIR}/qt_pch.cpp "")
        add_library(tessera_qt_pch STATIC ${CMAKE_BINARY_DIR}/qt_pch.cpp)
        target_link_libraries(tessera_qt_pch PRIVATE Qt6::Core Qt6::Gui Qt6::Widgets Qt6::Network)
        target_compile_definitions(tessera_qt_pch PRIVATE QT_NO_KEYWORDS QT_NO_CAST_TO_ASCII QT_NO_FOREACH)
        target_compile_options(tessera_qt_pch PRIVATE -pthread)
        target_precompile_headers(tessera_qt_pch PRIVATE <QtCore/QtCore> <QtGui/QtGui> <QtWidgets/QtWidgets>
            <algorithm> <functional> <map> <memory> <optional> <span> <string> <unordered_map> <variant> <vector>)
    endif()
    target_precompile_headers(${target} REUSE_FROM tessera_qt_pch)
endfunction()
