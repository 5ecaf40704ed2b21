// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/start_objects.h"

#include <QFile>
#include <QStringList>

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
    return {u"crds.yaml"_s, u"istio.yaml"_s, u"ambassador.yaml"_s, u"shop.yaml"_s, u"prometheus.yaml"_s};
}

} // namespace

edge::Result<std::vector<edge::Value>> startObjects(const DemoOptions &options)
{
    initResources();
    std::vector<edge::Value> all;
    for (const QString &name : filesFor(options)) {
        QFile file(u":/demo/"_s + name);
        if (!file.open(QIODevice::ReadOnly))
            return edge::failure(edge::Error::Kind::Config,
                                 "resources/demo/" + name.toStdString() + " is not in this program");
        auto objects = edge::parseYaml(file.readAll().toStdString(), "resources/demo/" + name.toStdString());
        if (!objects)
            return tl::unexpected(objects.error());
        std::move(objects->begin(), objects->end(), std::back_inserter(all));
    }
    return all;
}

} // namespace demo
