// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A row that stands as a column where it has too little room, so that nothing is scrolled sideways or cut off.  It never asks
// for more width than its widest part: that is what lets it become narrow.
#include <QBoxLayout>

namespace ui {

class ReflowBox : public QBoxLayout
{
public:
    explicit ReflowBox(int rowFrom); // the width, at 100 %, from which on it is a row
    bool isRowAt(int width) const;   // in pixels
    int leastHeightAt(int width) const;
    QSize minimumSize() const override;
    QSize maximumSize() const override;
    void setGeometry(const QRect &rect) override;

private:
    const int m_rowFrom;
};

} // namespace ui
