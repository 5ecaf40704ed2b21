// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/routing_tabs.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(RoutingPage)
};

} // namespace

QStringList routingTabIds()
{
    return {u"mappings"_s, u"hosts"_s, u"listeners"_s, u"tcpmappings"_s, u"tree"_s};
}

QString routingTabName(int tab)
{
    switch (tab) {
    case 0: return Words::tr("Mappings");
    case 1: return Words::tr("Hosts");
    case 2: return Words::tr("Listeners");
    case 3: return Words::tr("TCPMappings");
    default: return Words::tr("Tree");
    }
}

Noun routingRows(int tab)
{
    switch (tab) {
    case 0: return {Words::tr("Mapping"), routingTabName(tab)};
    case 1: return {Words::tr("Host"), routingTabName(tab)};
    case 2: return {Words::tr("Listener"), routingTabName(tab)};
    default: return {Words::tr("TCPMapping"), routingTabName(tab)};
    }
}

PanelText routingEmptyText(int tab)
{
    switch (tab) {
    case 0:
        return {.title = Words::tr("No Mappings"),
                .text = Words::tr("This cluster has no Mapping yet. The integration guide makes the "
                                  "first one: press Ctrl+7.")};
    case 1:
        return {.title = Words::tr("No Hosts"),
                .text = Words::tr("No Host object says which names the edge answers to; it answers to "
                                  "all of them.")};
    case 2:
        return {.title = Words::tr("No Listeners"),
                .text = Words::tr("The edge opens no port that is known here.")};
    default:
        return {.title = Words::tr("No TCPMappings"),
                .text = Words::tr("Nothing is passed through as plain TCP or TLS.")};
    }
}

} // namespace ui
