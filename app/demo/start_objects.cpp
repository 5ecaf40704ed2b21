// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/start_objects.h"

#include <QFile>
#include <QStringList>

#include <algorithm>

using namespace Qt::StringLiterals;

static void initResources() // Q_INIT_RESOURCE must stand outside of every namespace
{
    Q_INIT_RESOURCE(demo);
}

namespace demo {

namespace {

QStringList filesFor(const DemoOptions &options)
{
    if (options.state == "empty")
        return {};
    QStringList files{u"crds.yaml"_s, u"istio.yaml"_s,       u"ambassador.yaml"_s,
                      u"shop.yaml"_s, u"second-edge.yaml"_s, u"prometheus.yaml"_s};
    if (options.state == "guide-done")
        files.append(u"guide-done.yaml"_s);
    return files;
}

bool isSameObject(const edge::Value &one, const edge::Value &other)
{
    return one["kind"] == other["kind"] && one.at({"metadata", "name"}) == other.at({"metadata", "name"})
        && one.at({"metadata", "namespace"}) == other.at({"metadata", "namespace"});
}

// A later file's object changes an earlier one of that name (a merge patch), or joins the others.
void add(std::vector<edge::Value> &all, edge::Value object)
{
    const auto same =
        std::find_if(all.begin(), all.end(), [&](const auto &known) { return isSameObject(known, object); });
    if (same == all.end())
        all.push_back(std::move(object));
    else
        *same = edge::mergePatch(std::move(*same), object);
}

} // namespace

edge::Result<std::vector<edge::Value>> startObjects(const DemoOptions &options)
{
    initResources();
    std::vector<edge::Value> all;
    for (const QString &name : filesFor(options)) {
        const std::string shown = "resources/demo/" + name.toStdString();
        QFile file(u":/demo/"_s + name);
        if (!file.open(QIODevice::ReadOnly))
            return edge::failure(edge::Error::Kind::Config, shown + " is not in this program");
        auto objects = edge::parseYaml(file.readAll().toStdString(), shown);
        if (!objects)
            return tl::unexpected(objects.error());
        for (edge::Value &object : *objects)
            add(all, std::move(object));
    }
    return all;
}

} // namespace demo
