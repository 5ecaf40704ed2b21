// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/certificates_page.h"

#include "ui/card.h"
#include "ui/chip.h"
#include "ui/table_pane.h"
#include "ui/text_label.h"
#include "ui/text_view.h"
#include "ui/time_text.h"

#include <QClipboard>
#include <QGridLayout>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QMetaMethod>
#include <QPushButton>
#include <QTimer>

using namespace Qt::StringLiterals;

namespace ui {

using models::CertificateRow;
using models::Severity;

namespace {

QString dateText(const QDateTime &at) { return at.toUTC().toString(u"yyyy-MM-dd HH:mm"); }

QString certificateName(const kube::Certificate &certificate)
{
    if (!certificate.subject.isEmpty())
        return certificate.subject;
    if (!certificate.uriNames.isEmpty())
        return certificate.uriNames.first();
    return certificate.dnsNames.isEmpty() ? CertificatesPage::tr("(no name)") : certificate.dnsNames.first();
}

QString chainText(const CertificateRow &row)
{
    QStringList lines;
    for (qsizetype i = 0; i < row.chain.size(); ++i) {
        const kube::Certificate &certificate = row.chain[i];
        lines.append(u"%1%2"_s.arg(QString(i * 2, u' '), certificateName(certificate)));
        lines.append(u"%1  %2, %3, %4 … %5 UTC"_s.arg(
            QString(i * 2, u' '), certificate.keyAlgorithm, certificate.signatureAlgorithm,
            dateText(certificate.notBefore), dateText(certificate.notAfter)));
        QStringList names = certificate.dnsNames + certificate.uriNames + certificate.ipAddresses;
        names.removeAll(certificateName(certificate));
        if (!names.isEmpty())
            lines.append(u"%1  %2"_s.arg(QString(i * 2, u' '), names.join(u", "_s)));
    }
    if (!row.chain.isEmpty())
        lines.append(u"SHA-256 %1"_s.arg(row.chain.first().fingerprint));
    return lines.join(u'\n');
}

QString endsText(const CertificateRow &row, const QDateTime &now)
{
    const QString text = models::countdownText(row.notAfter, now);
    return row.notAfter < now ? text : CertificatesPage::tr("ends in %1").arg(text);
}

} // namespace

CertificatesPage::CertificatesPage(QWidget *parent)
    : PageFrame(u"certificates"_s, tr("TLS & certificates"), parent)
    , m_now([] { return QDateTime::currentDateTimeUtc(); })
    , m_timer(new QTimer(this))
    , m_pane(new TablePane(u"certificates"_s, tr("certificates"), this))
{
    m_timer->setSingleShot(true);
    connect(m_timer, &QTimer::timeout, this, &CertificatesPage::tick);
    m_pane->setEmpty({.title = tr("No certificates"),
                      .text = tr("No TLS Secret was found, and no pod showed a mesh certificate.")});
    auto *content = new QWidget(this);
    auto *column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(scaled(Measure::WideGap));
    column->addWidget(m_pane, 1);
    auto *place = new QHBoxLayout;
    place->setContentsMargins(scaled(Measure::PageMargin), 0, scaled(Measure::PageMargin),
                              scaled(Measure::CardPadding));
    place->addWidget(buildDetail());
    column->addLayout(place);
    setContent(content);
    connect(&m_pane->table(), &TableView::currentKeyChanged, this, &CertificatesPage::showDetail);
    connect(&m_pane->table(), &TableView::opened, this,
            [this] { m_chain->setFocus(Qt::ShortcutFocusReason); });
    connect(m_pane, &TablePane::countChanged, this, &CertificatesPage::countsChanged);
}

QWidget *CertificatesPage::buildDetail()
{
    m_detail = new Card(this);
    m_detail->setObjectName(u"certificateDetail"_s);
    m_title = new TextLabel(Type::Section, {}, m_detail);
    m_title->setElided(Qt::ElideMiddle);
    m_chip = new Chip(m_detail);
    m_check = makeButton(tr("Check now"), u"certificateCheck"_s, m_detail);
    m_copy = makeButton(tr("Copy for a ticket"), u"certificateCopy"_s, m_detail);
    auto *head = new QHBoxLayout;
    head->addWidget(m_title);
    head->addWidget(m_chip);
    head->addStretch(1);
    head->addWidget(m_check);
    head->addWidget(m_copy);
    m_detail->body()->addLayout(head);
    auto *grid = new QGridLayout;
    grid->setHorizontalSpacing(scaled(Measure::PageMargin));
    grid->setVerticalSpacing(scaled(3));
    const auto add = [&](int at, const QString &name) {
        auto *value = new TextLabel(Type::Body, {}, m_detail);
        value->setElided(Qt::ElideMiddle);
        value->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        grid->addWidget(new TextLabel(Type::Dim, name, m_detail), 0, at);
        grid->addWidget(value, 1, at);
        grid->setColumnStretch(at, 1);
        return value;
    };
    m_valid = add(0, tr("Valid"));
    m_usedBy = add(1, tr("Used by"));
    m_renewal = add(2, tr("Renewal"));
    m_ends = add(3, tr("Ends first"));
    m_detail->body()->addLayout(grid);
    m_chain = new TextView(tr("Certificate chain"), m_detail);
    m_chain->setObjectName(u"certificateChain"_s);
    m_chain->setFitsContents(7);
    m_detail->body()->addWidget(m_chain);
    m_impact = new TextLabel(Type::Dim, {}, m_detail);
    m_impact->setObjectName(u"certificateImpact"_s);
    m_impact->setWordWrap(true);
    m_detail->body()->addWidget(m_impact);
    m_detail->hide();
    connect(m_check, &QPushButton::clicked, this, [this] { Q_EMIT checkRequested(currentKey()); });
    connect(m_copy, &QPushButton::clicked, this, [this] {
        if (const CertificateRow *row = m_certificates->find(currentKey()))
            QGuiApplication::clipboard()->setText(tr("%1 (%2), %3\nUsed by: %4\nRenewal: %5\n%6\n%7")
                                                      .arg(row->subject, row->storedIn,
                                                           endsText(*row, m_now()), row->usedBy, row->renewal,
                                                           chainText(*row), row->blastRadius.join(u'\n')));
    });
    return m_detail;
}

void CertificatesPage::setCertificates(models::TableModel<CertificateRow> &certificates)
{
    m_certificates = &certificates;
    m_pane->setModel(certificates);
    m_pane->table().sortBy(u"ends"_s);
    for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(&certificates, signal, this, &CertificatesPage::countsChanged);
    connect(&certificates, &QAbstractItemModel::dataChanged, this, &CertificatesPage::countsChanged);
    connect(&certificates, &models::TableModelBase::completed, this, &CertificatesPage::countsChanged);
    countsChanged();
}

void CertificatesPage::setClock(std::function<QDateTime()> now) { m_now = std::move(now); }

QString CertificatesPage::currentKey() const { return m_pane->table().currentKey(); }

void CertificatesPage::setNamespace(const QString &nameSpace)
{
    m_pane->setScope(nameSpace.isEmpty() ? QString() : u"ns:"_s + nameSpace);
}

QList<QWidget *> CertificatesPage::panes() const { return {&m_pane->table(), m_chain}; }

void CertificatesPage::focusFilter() { m_pane->focusFilter(); }

void CertificatesPage::goTo(const QString &target)
{
    if (!m_pane->table().selectKey(target))
        m_pane->setFilter(target);
}

void CertificatesPage::setCompact(bool compact) { m_pane->table().setCompact(compact); }

bool CertificatesPage::hasContent() const
{
    return m_certificates && (m_certificates->isComplete() || m_certificates->rowCount() > 0);
}

void CertificatesPage::countsChanged()
{
    if (!m_certificates)
        return;
    tick();
    updateState();
}

// Recounts and repaints; then waits for the first moment at which a countdown reads differently.
void CertificatesPage::tick()
{
    const QDateTime now = m_now();
    int ended = 0;
    int errors = 0;
    int warnings = 0;
    QDateTime next;
    QDateTime soonest;
    for (int i = 0; i < m_certificates->rowCount(); ++i) {
        const CertificateRow &row = m_certificates->row(i);
        const Severity severity = models::countdownSeverity(row.notBefore, row.notAfter, now);
        const bool isOver = row.notAfter.isValid() && row.notAfter < now;
        ended += isOver;
        errors += severity == Severity::Error && !isOver;
        warnings += severity == Severity::Warning;
        const QDateTime change = models::nextCountdownChange(row.notAfter, now);
        if (change.isValid() && (!next.isValid() || change < next))
            next = change;
        if (!isOver && row.notAfter.isValid() && (!soonest.isValid() || row.notAfter < soonest))
            soonest = row.notAfter;
    }
    QStringList facts;
    if (ended > 0)
        facts.append(tr("%1 expired").arg(ended));
    if (errors > 0)
        facts.append(tr("%1 ends very soon").arg(errors));
    if (warnings > 0)
        facts.append(tr("%1 ends soon").arg(warnings));
    if (soonest.isValid())
        facts.append(tr("next end in %1").arg(models::countdownText(soonest, now)));
    facts.append(m_pane->countText());
    setFacts(facts.join(u" · "_s));
    const int bad = ended + errors;
    Q_EMIT badgeChanged(bad > 0            ? QString::number(bad)
                            : warnings > 0 ? QString::number(warnings)
                                           : QString(),
                        bad > 0            ? std::optional(Severity::Error)
                            : warnings > 0 ? std::optional(Severity::Warning)
                                           : std::nullopt);
    m_pane->table().viewport()->update();
    showDetail();
    if (next.isValid() && isVisible())
        m_timer->start(int(qBound(qint64(50), qint64(now.msecsTo(next) + 20), qint64(3600000))));
}

void CertificatesPage::showEvent(QShowEvent *event)
{
    PageFrame::showEvent(event);
    if (m_certificates)
        tick();
}

void CertificatesPage::hideEvent(QHideEvent *event)
{
    PageFrame::hideEvent(event);
    m_timer->stop();
}

void CertificatesPage::showDetail()
{
    const CertificateRow *row = m_certificates ? m_certificates->find(currentKey()) : nullptr;
    m_detail->setVisible(row);
    if (!row)
        return;
    const QDateTime now = m_now();
    m_title->setText(row->subject);
    m_chip->set(endsText(*row, now), models::countdownSeverity(row->notBefore, row->notAfter, now));
    const bool longLived = row->notBefore.daysTo(row->notAfter) > 7;
    m_valid->setText(
        longLived ? tr("%1 … %2").arg(dateText(row->notBefore).left(10), dateText(row->notAfter).left(10))
                  : tr("%1 … %2 UTC").arg(dateText(row->notBefore), dateText(row->notAfter)));
    m_valid->setToolTip(tr("%1 … %2").arg(exactText(row->notBefore), exactText(row->notAfter)));
    m_usedBy->setText(row->usedBy.isEmpty() ? tr("nothing that was found") : row->usedBy);
    m_renewal->setText(row->renewal.isEmpty() ? tr("not known") : row->renewal);
    m_ends->setText(row->endsFirst.isEmpty() ? tr("the leaf itself") : row->endsFirst);
    const QString chain = chainText(*row);
    if (m_chain->toPlainText() != chain)
        m_chain->setPlainText(chain);
    const qsizetype most = 3;
    const qsizetype rest = row->blastRadius.size() - most;
    const QString impact = row->blastRadius.mid(0, most).join(u"; "_s)
        + (rest > 0 ? tr("; and %1 more").arg(rest) : QString());
    m_impact->setText(row->blastRadius.isEmpty() ? tr("If it ends: nothing that was found uses it.")
                                                 : tr("If it ends: %1").arg(impact));
    m_impact->setToolTip(rest > 0 ? row->blastRadius.join(u'\n').toHtmlEscaped() : QString());
    m_check->setVisible(isSignalConnected(QMetaMethod::fromSignal(&CertificatesPage::checkRequested)));
}

} // namespace ui
