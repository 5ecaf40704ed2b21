// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A picture beside a stored one, as a person compares them: by the mean colours of cells of 16 pixels, so that how a letter is
// hinted makes no difference and a missing pane, another colour or a shifted row does.
#include <QImage>

struct PictureDifference
{
    double part = 1;       // of the cells: 0 the same picture, 1 another size
    QImage where;          // the seen one, its differing cells framed
    bool sameFont = false; // both were drawn with the same font
};
PictureDifference comparePictures(const QImage &stored, const QImage &seen);
// What storing a picture adds to it: the font that it was drawn with.
QImage withFontName(QImage picture);
