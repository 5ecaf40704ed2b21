// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/drawn_text.h"

#include <QPaintDevice>
#include <QPaintEngine>
#include <QWidget>

namespace {

// Draws nothing and writes down the words.
class WordEngine : public QPaintEngine
{
public:
    WordEngine()
        : QPaintEngine(AllFeatures)
    {
    }
    bool begin(QPaintDevice *) override { return true; }
    bool end() override { return true; }
    Type type() const override { return User; }
    void updateState(const QPaintEngineState &now) override
    {
        if (now.state() & DirtyTransform)
            m_transform = now.transform();
    }
    void drawTextItem(const QPointF &at, const QTextItem &item) override
    {
        const QRectF box(at.x(), at.y() - item.ascent(), item.width(), item.ascent() + item.descent());
        words.append({item.text(), m_transform.mapRect(box)});
    }
    void drawPixmap(const QRectF &, const QPixmap &, const QRectF &) override { }
    void drawImage(const QRectF &, const QImage &, const QRectF &, Qt::ImageConversionFlags) override { }
    void drawPath(const QPainterPath &) override { }
    void drawPolygon(const QPointF *, int, PolygonDrawMode) override { }
    void drawPolygon(const QPoint *, int, PolygonDrawMode) override { }
    void drawRects(const QRectF *, int) override { }
    void drawRects(const QRect *, int) override { }
    void drawLines(const QLineF *, int) override { }
    void drawLines(const QLine *, int) override { }
    void drawEllipse(const QRectF &) override { }
    void drawPoints(const QPointF *, int) override { }

    QList<DrawnText> words;

private:
    QTransform m_transform;
};

class WordDevice : public QPaintDevice
{
public:
    explicit WordDevice(const QWidget &like)
        : m_like(like)
    {
    }
    QPaintEngine *paintEngine() const override { return &engine; }
    mutable WordEngine engine;

protected:
    int metric(PaintDeviceMetric metric) const override
    {
        switch (metric) {
        case PdmWidth: return m_like.width();
        case PdmHeight: return m_like.height();
        case PdmWidthMM: return m_like.widthMM();
        case PdmHeightMM: return m_like.heightMM();
        case PdmDepth: return 32;
        case PdmNumColors: return 0;
        case PdmDpiX: return m_like.logicalDpiX();
        case PdmDpiY: return m_like.logicalDpiY();
        case PdmPhysicalDpiX: return m_like.physicalDpiX();
        case PdmPhysicalDpiY: return m_like.physicalDpiY();
        default: return QPaintDevice::metric(metric);
        }
    }

private:
    const QWidget &m_like;
};

} // namespace

QList<DrawnText> drawnTexts(QWidget &widget)
{
    WordDevice device(widget);
    widget.render(&device, {}, {}, QWidget::RenderFlags());
    return device.engine.words;
}
