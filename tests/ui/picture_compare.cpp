// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/picture_compare.h"

#include <QFontInfo>
#include <QGuiApplication>
#include <QPainter>

using namespace Qt::StringLiterals;

namespace {

constexpr int Side = 16;      // of a cell, in pixels
constexpr int Tolerance = 20; // of a channel's mean: one letter more or less in a cell

struct Mean
{
    int red = 0, green = 0, blue = 0;
    bool isNear(const Mean &other) const
    {
        return std::abs(red - other.red) <= Tolerance && std::abs(green - other.green) <= Tolerance
            && std::abs(blue - other.blue) <= Tolerance;
    }
};

Mean meanOf(const QImage &image, const QRect &cell)
{
    Mean sum;
    for (int y = cell.top(); y <= cell.bottom(); ++y) {
        for (int x = cell.left(); x <= cell.right(); ++x) {
            const QRgb pixel = image.pixel(x, y);
            sum.red += qRed(pixel);
            sum.green += qGreen(pixel);
            sum.blue += qBlue(pixel);
        }
    }
    const int pixels = cell.width() * cell.height();
    return {sum.red / pixels, sum.green / pixels, sum.blue / pixels};
}

QString fontKey() { return u"font"_s; }

QString fontName() { return QFontInfo(QGuiApplication::font()).family(); }

} // namespace

QImage withFontName(QImage picture)
{
    picture.setText(fontKey(), fontName());
    return picture;
}

PictureDifference comparePictures(const QImage &stored, const QImage &seen)
{
    PictureDifference difference;
    difference.where = seen.convertToFormat(QImage::Format_RGB32);
    difference.sameFont = stored.text(fontKey()) == fontName();
    if (stored.size() != seen.size())
        return difference;
    QPainter painter(&difference.where);
    painter.setPen(Qt::magenta);
    int cells = 0, differing = 0;
    for (int top = 0; top < seen.height(); top += Side) {
        for (int left = 0; left < seen.width(); left += Side) {
            const QRect cell = QRect(left, top, Side, Side).intersected(seen.rect());
            ++cells;
            if (meanOf(stored, cell).isNear(meanOf(seen, cell)))
                continue;
            ++differing;
            painter.drawRect(cell.adjusted(0, 0, -1, -1));
        }
    }
    difference.part = double(differing) / cells;
    return difference;
}
