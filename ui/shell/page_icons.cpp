// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/page_icons.h"

#include <QPainter>
#include <QPainterPath>

#include <initializer_list>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

void addLine(QPainterPath &path, std::initializer_list<QPointF> points)
{
    bool isFirst = true;
    for (const QPointF &point : points) {
        if (std::exchange(isFirst, false))
            path.moveTo(point);
        else
            path.lineTo(point);
    }
}

QPainterPath overviewIcon()
{
    QPainterPath path;
    path.addRect(2, 2, 12, 4);
    path.addRect(2, 9, 5, 5);
    path.addRect(10, 9, 4, 5);
    return path;
}

QPainterPath routingIcon() // one way in, two out
{
    QPainterPath path;
    addLine(path, {{1, 8}, {6, 8}, {10, 4}, {14, 4}});
    addLine(path, {{6, 8}, {10, 12}, {14, 12}});
    addLine(path, {{12, 2}, {14, 4}, {12, 6}});
    addLine(path, {{12, 10}, {14, 12}, {12, 14}});
    return path;
}

QPainterPath certificatesIcon() // a lock
{
    QPainterPath path;
    path.addRoundedRect(3, 7, 10, 7, 1, 1);
    path.moveTo(5, 7);
    path.lineTo(5, 5);
    path.arcTo(5, 2, 6, 6, 180, -180);
    path.lineTo(11, 7);
    return path;
}

QPainterPath meshIcon()
{
    QPainterPath path;
    for (const QPointF &node : {QPointF(3, 3), QPointF(13, 3), QPointF(8, 13)})
        path.addEllipse(node, 2, 2);
    addLine(path, {{5, 3}, {11, 3}});
    addLine(path, {{4, 5}, {7, 11}});
    addLine(path, {{12, 5}, {9, 11}});
    return path;
}

QPainterPath metricsIcon()
{
    QPainterPath path;
    addLine(path, {{2, 2}, {2, 14}, {14, 14}});
    addLine(path, {{4, 11}, {7, 7}, {10, 9}, {14, 3}});
    return path;
}

QPainterPath requestIcon() // an arrow that is sent
{
    QPainterPath path;
    addLine(path, {{2, 3}, {14, 8}, {2, 13}, {4, 8}, {2, 3}});
    addLine(path, {{4, 8}, {9, 8}});
    return path;
}

QPainterPath guideIcon() // a list that is ticked off
{
    QPainterPath path;
    for (const qreal y : {3.0, 8.0, 13.0}) {
        addLine(path, {{2, y}, {3, y + 1}, {5, y - 1}});
        addLine(path, {{7, y}, {14, y}});
    }
    return path;
}

QPainterPath activityIcon() // a clock
{
    QPainterPath path;
    path.addEllipse(QPointF(8, 8), 6, 6);
    addLine(path, {{8, 4}, {8, 8}, {11, 10}});
    return path;
}

QPainterPath settingsIcon() // sliders
{
    QPainterPath path;
    for (const auto &[y, x] : {std::pair(4.0, 10.0), std::pair(8.0, 5.0), std::pair(12.0, 9.0)}) {
        addLine(path, {{2, y}, {14, y}});
        path.addEllipse(QPointF(x, y), 1.5, 1.5);
    }
    return path;
}

QPainterPath demoIcon() // a flask
{
    QPainterPath path;
    addLine(path, {{6, 2}, {6, 6}, {2, 14}, {14, 14}, {10, 6}, {10, 2}});
    addLine(path, {{5, 2}, {11, 2}});
    return path;
}

QPainterPath iconOf(const QString &id)
{
    static const QHash<QString, QPainterPath (*)()> icons{
        {u"overview"_s, overviewIcon}, {u"routing"_s, routingIcon},   {u"certificates"_s, certificatesIcon},
        {u"mesh"_s, meshIcon},         {u"metrics"_s, metricsIcon},   {u"request"_s, requestIcon},
        {u"guide"_s, guideIcon},       {u"activity"_s, activityIcon}, {u"settings"_s, settingsIcon},
        {u"demo"_s, demoIcon}};
    const auto icon = icons.value(id);
    return icon ? icon() : QPainterPath();
}

} // namespace

void drawPageIcon(QPainter &painter, const QString &pageId, const QRect &box, const QColor &colour)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(box.topLeft());
    painter.scale(box.width() / 16.0, box.height() / 16.0);
    painter.setPen(QPen(colour, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(iconOf(pageId));
    painter.restore();
}

} // namespace ui
