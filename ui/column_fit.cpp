// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/column_fit.h"

#include <algorithm>

namespace ui {

namespace {

// Columns without any words stay only where everyone gets what it wants, those of priority 4 and more where
// all get most of it, and what tells the rows apart twice its least, the others as long as they can be read.
void dropColumns(QList<ColumnWish> &wishes, int width)
{
    while (wishes.size() > 1) {
        int need = 0;
        int comfortable = 0;
        int wanted = 0;
        for (const ColumnWish &wish : wishes) {
            need += wish.need;
            comfortable += wish.stretch && wish.priority == 1 ? std::min(wish.want, 2 * wish.need)
                : wish.stretch                                ? wish.need
                                                              : wish.need + (wish.want - wish.need) * 3 / 5;
            wanted += wish.want;
        }
        const auto worst =
            std::max_element(wishes.begin(), wishes.end(), [](const ColumnWish &a, const ColumnWish &b) {
                return a.priority <= b.priority;
            });
        const int asked = worst->priority >= EmptyFirst ? wanted : worst->priority >= 4 ? comfortable : need;
        if (worst->priority
            <= 1) { // large type on a small screen: the widest is cut short, as nothing else can go
            const auto widest = std::max_element(
                wishes.begin(), wishes.end(), [](const auto &a, const auto &b) { return a.need < b.need; });
            const int over = std::clamp(need - width, 0, widest->need / 2);
            widest->need -= over;
            return;
        }
        if (asked <= width)
            return;
        if (worst->priority == 2 && worst->need - (need - width) >= worst->least) {
            worst->need -= need - width; // a name that is cut short still tells rows apart
            return;
        }
        wishes.erase(worst);
    }
}

// Takes from the wants of columns of at least this priority number, in proportion to what each has beyond its
// need.
void squeeze(QList<ColumnWish> &wishes, int width, int priority)
{
    int over = -width;
    int spare = 0;
    for (const ColumnWish &wish : std::as_const(wishes)) {
        over += wish.want;
        spare += wish.priority >= priority ? wish.want - wish.need : 0;
    }
    if (over <= 0 || spare <= 0)
        return;
    for (ColumnWish &wish : wishes) {
        if (wish.priority >= priority) {
            const int slack = wish.want - wish.need;
            const int taken = spare > 0 ? int(qint64(slack) * std::min(over, spare) / spare) : 0;
            wish.want -= taken;
            over -= taken; // of what is still over, so that no pixel is left to rounding
            spare -= slack;
        }
    }
}

} // namespace

QList<ColumnWish> fittedColumns(QList<ColumnWish> wishes, int width)
{
    dropColumns(wishes, width);
    squeeze(wishes, width, 2); // names stay whole as long as others can give
    squeeze(wishes, width, 1);
    return wishes;
}

} // namespace ui
