// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/performance_dialog.h"

#include "ui/card.h"
#include "ui/text_label.h"
#include "ui/text_view.h"
#include "ui/time_text.h"
#include "ui/timed_application.h"

#include <QClipboard>
#include <QFile>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLocale>
#include <QPushButton>
#include <QTimer>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

double residentMiB() // Linux only; elsewhere -1
{
    QFile status(u"/proc/self/status"_s);
    if (!status.open(QIODevice::ReadOnly))
        return -1;
    for (QByteArray line = status.readLine(); !line.isEmpty(); line = status.readLine()) {
        if (line.startsWith("VmRSS:"))
            return line.mid(6).trimmed().split(' ').value(0).toDouble() / 1024;
    }
    return -1;
}

QString ms(double milliseconds)
{
    return QLocale::c().toString(milliseconds, 'f', milliseconds < 10 ? 2 : 0);
}

} // namespace

QString performanceText(const EventTimes &times, double resident)
{
    QStringList lines;
    const auto add = [&lines](const QString &name, const QString &value) {
        lines.append(name.leftJustified(34) + value);
    };
    add(PerformanceDialog::tr("Events handled"), QLocale().toString(times.count()));
    add(PerformanceDialog::tr("The window was held, p50"),
        PerformanceDialog::tr("%1 ms").arg(ms(times.percentile(0.5))));
    add(PerformanceDialog::tr("p99"), PerformanceDialog::tr("%1 ms").arg(ms(times.percentile(0.99))));
    add(PerformanceDialog::tr("longest"), PerformanceDialog::tr("%1 ms").arg(ms(times.maximum())));
    add(PerformanceDialog::tr("longer than 16 ms"), QLocale().toString(times.over(16)));
    add(PerformanceDialog::tr("longer than 50 ms"), QLocale().toString(times.over(50)));
    if (resident >= 0)
        add(PerformanceDialog::tr("Memory (resident)"),
            PerformanceDialog::tr("%1 MiB").arg(QLocale::c().toString(resident, 'f', 0)));
    if (!times.longest().isEmpty())
        lines.append(QString());
    for (const EventTimes::Block &block : times.longest())
        add(exactText(block.at), PerformanceDialog::tr("%1 ms, %2").arg(ms(block.milliseconds), block.what));
    return lines.join(u'\n');
}

PerformanceDialog::PerformanceDialog(QWidget *parent)
    : QDialog(parent)
    , m_text(new TextView(tr("Performance"), this))
{
    setObjectName(u"performanceDialog"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Performance"));
    m_text->setObjectName(u"performanceText"_s);
    auto *copy = makeButton(tr("Copy"), u"performanceCopy"_s, this);
    auto *again = makeButton(tr("Start anew"), u"performanceReset"_s, this);
    auto *close = makePrimaryButton(tr("Close"), u"performanceClose"_s, this);
    connect(copy, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(text()); });
    connect(again, &QPushButton::clicked, this, [this] {
        if (TimedApplication *application = TimedApplication::current())
            application->times().reset();
        refresh();
    });
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(again);
    buttons->addStretch();
    buttons->addWidget(copy);
    buttons->addWidget(close);
    auto *column = new QVBoxLayout(this);
    const int margin = scaled(Measure::PageMargin);
    column->setContentsMargins(margin, margin, margin, scaled(Measure::CardPadding));
    column->addWidget(new TextLabel(Type::Title, windowTitle(), this));
    auto *what = new TextLabel(
        Type::Dim, tr("While an event is handled, nothing is painted and no key is heard."), this);
    what->setWordWrap(true);
    column->addWidget(what);
    column->addWidget(m_text, 1);
    column->addLayout(buttons);
    resize(scaled(620), scaled(440));
    auto *timer = new QTimer(this);
    connect(timer, &QTimer::timeout, this, &PerformanceDialog::refresh);
    timer->start(1000);
    refresh();
}

QString PerformanceDialog::text() const { return m_text->toPlainText(); }

void PerformanceDialog::refresh()
{
    TimedApplication *application = TimedApplication::current();
    const QString text = application ? performanceText(application->times(), residentMiB())
                                     : tr("Nothing is measured in this program.");
    if (text != m_text->toPlainText())
        m_text->setPlainText(text);
}

} // namespace ui
