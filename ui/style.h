// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Fusion with the shapes of design look.md: flat fields and buttons of radius 6 with one-pixel borders, a
// visible focus ring, tables without frames, thin scroll bars, tabs as words with a line below.  Colours come
// from the palette by tokensOf(). Dynamic properties: "primary" fills a QPushButton with the accent colour,
// "field" makes it look like an empty field, "code" gives a frame the quiet rounded surface of monospace
// blocks.  A QTabBar is always drawn flat.
#include <QProxyStyle>

namespace ui {

class Style : public QProxyStyle
{
    Q_OBJECT
public:
    Style();
    void polish(QWidget *widget) override;
    using QProxyStyle::polish;
    void drawPrimitive(PrimitiveElement element, const QStyleOption *option, QPainter *painter,
                       const QWidget *widget) const override;
    void drawControl(ControlElement element, const QStyleOption *option, QPainter *painter,
                     const QWidget *widget) const override;
    void drawComplexControl(ComplexControl control, const QStyleOptionComplex *option, QPainter *painter,
                            const QWidget *widget) const override;
    QRect subControlRect(ComplexControl control, const QStyleOptionComplex *option, SubControl part,
                         const QWidget *widget) const override;
    QRect subElementRect(SubElement element, const QStyleOption *option,
                         const QWidget *widget) const override;
    QSize sizeFromContents(ContentsType type, const QStyleOption *option, const QSize &size,
                           const QWidget *widget) const override;
    QIcon standardIcon(StandardPixmap icon, const QStyleOption *option, const QWidget *widget) const override;
    int pixelMetric(PixelMetric metric, const QStyleOption *option, const QWidget *widget) const override;
    int styleHint(StyleHint hint, const QStyleOption *option, const QWidget *widget,
                  QStyleHintReturn *data) const override;
};

} // namespace ui
