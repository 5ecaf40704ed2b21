// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Is there something on a picture?
#include <QImage>
#include <QSet>

// Text alone has some hundred, an empty window one or two.  At most `enough`: what is more is not counted.
inline int coloursOf(const QImage &image, int enough)
{
    QSet<QRgb> colours;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width() && colours.size() < enough; ++x)
            colours.insert(image.pixel(x, y));
    }
    return int(colours.size());
}
