// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/start_objects.h"

#include "app/demo/generation.h"

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

// NAME.yaml of the generation's own folder, where it has one, else the one for all.
QString pathOf(const QString &name, Generation generation)
{
    const std::string_view folder = generationFolder(generation);
    const QString own =
        u":/demo/%1/%2.yaml"_s.arg(QString::fromUtf8(folder.data(), qsizetype(folder.size())), name);
    return !folder.empty() && QFile::exists(own) ? own : u":/demo/%1.yaml"_s.arg(name);
}

QStringList filesFor(const DemoOptions &options)
{
    if (options.state == "empty")
        return {};
    QStringList names{u"crds"_s, u"crds-line"_s,   u"istio"_s,      u"ambassador"_s,
                      u"shop"_s, u"second-edge"_s, u"prometheus"_s, u"observability"_s};
    if (options.state == "guide-done")
        names << u"guide-done"_s << u"guide-done-line"_s;
    QStringList files;
    for (const QString &name : names)
        files.append(pathOf(name, readGeneration(options.generation).value_or(Generation::Istio110)));
    files.removeAll(u":/demo/crds-line.yaml"_s); // the guide's own line has no more kinds
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
    const Generation generation = readGeneration(options.generation).value_or(Generation::Istio110);
    for (const QString &path : filesFor(options)) {
        const std::string shown = "resources" + path.sliced(1).toStdString();
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly))
            return edge::failure(edge::Error::Kind::Config, shown + " is not in this program");
        auto objects = edge::parseYaml(file.readAll().toStdString(), shown);
        if (!objects)
            return tl::unexpected(objects.error());
        for (edge::Value &object : *objects) {
            if (edge::Value ours = asIn(generation, std::move(object)); !ours.isNull())
                add(all, std::move(ours));
        }
    }
    return all;
}

} // namespace demo
