// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/certificates_page.h"

#include "ui/ask_dialog.h"
#include "ui/card.h"
#include "ui/certificate_text.h"
#include "ui/chip.h"
#include "ui/finding_place.h"
#include "ui/line_delegate.h"
#include "ui/table_pane.h"
#include "ui/text_label.h"
#include "ui/text_view.h"
#include "ui/time_text.h"
#include "ui/write_words.h"

#include <QClipboard>
#include <QGridLayout>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QListView>
#include <QMenu>
#include <QMetaMethod>
#include <QPushButton>
#include <QStackedWidget>
#include <QStandardItemModel>
#include <QTabBar>
#include <QTimer>

using namespace Qt::StringLiterals;

namespace ui {

using models::CertificateRow;
using models::Severity;

namespace {

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
    , m_pane(new TablePane(u"certificates"_s, {tr("certificate"), tr("certificates")}, this))
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
    connect(&m_pane->table(), &TableView::opened, this, [this] {
        if (m_partsBox->isHidden())
            toggleDetails();
        m_chain->setFocus(Qt::ShortcutFocusReason);
    });
    connect(m_pane, &TablePane::countChanged, this, &CertificatesPage::countsChanged);
}

QWidget *CertificatesPage::buildHead()
{
    auto *head = new QWidget(m_detail);
    m_title = new TextLabel(Type::Section, {}, head);
    m_title->setElided();
    m_chip = new Chip(head);
    m_check = makeButton(tr("Check now"), u"certificateCheck"_s, head);
    m_reveal = makeButton(tr("Reveal…"), u"certificateReveal"_s, head);
    m_copy = makeButton(tr("Copy for a ticket"), u"certificateCopy"_s, head);
    auto *row = new QHBoxLayout(head);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_title);
    row->addWidget(m_chip);
    row->addStretch(1);
    m_more = makeButton(tr("Chain"), u"certificateMore"_s, head);
    m_more->setCheckable(true);
    m_more->setToolTip(tr("Show or hide the chain, what is presented, and who is hit (F9)"));
    connect(m_more, &QPushButton::clicked, this, &CertificatesPage::toggleDetails);
    for (QPushButton *button : {m_more, m_check, m_reveal, m_copy})
        row->addWidget(button);
    return head;
}

// Stored chain, presented chain, and who is hit: one at a time, the table needs the place.
QWidget *CertificatesPage::buildParts()
{
    auto *box = m_partsBox = new QWidget(m_detail);
    m_parts = new QTabBar(box);
    m_parts->setObjectName(u"certificateParts"_s);
    m_parts->setAccessibleName(tr("Parts of the details"));
    m_parts->setDrawBase(false);
    m_parts->setProperty("narrow", true);
    m_parts->setExpanding(false);
    m_stack = new QStackedWidget(box);
    m_chain = new TextView(tr("Certificate chain"), box);
    m_chain->setObjectName(u"certificateChain"_s);
    m_presented = new TextView(tr("Chain that the edge presents"), box);
    m_presented->setObjectName(u"certificatePresented"_s);
    m_affectedModel = new QStandardItemModel(this);
    m_affected = new QListView(box);
    m_affected->setObjectName(u"certificateAffected"_s);
    m_affected->setAccessibleName(tr("What stops working if it ends"));
    m_affected->setModel(m_affectedModel);
    m_affected->setItemDelegate(new LineDelegate(m_affected));
    m_affected->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_affected->setFrameShape(QFrame::NoFrame);
    for (QWidget *part : {static_cast<QWidget *>(m_chain), static_cast<QWidget *>(m_presented),
                          static_cast<QWidget *>(m_affected)}) {
        m_parts->addTab({});
        m_stack->addWidget(part);
    }
    m_stack->setFixedHeight(scaled(118));
    auto *column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(scaled(4));
    column->addWidget(m_parts);
    column->addWidget(m_stack);
    connect(m_parts, &QTabBar::currentChanged, m_stack, &QStackedWidget::setCurrentIndex);
    connect(m_affected, &QListView::activated, this, [this](const QModelIndex &index) {
        if (const QString target = index.data(LineDelegate::TargetRole).toString(); !target.isEmpty())
            Q_EMIT pageRequested(index.data(LineDelegate::PageRole).toString(), target);
    });
    return box;
}

QWidget *CertificatesPage::buildDetail()
{
    m_detail = new Card(this);
    m_detail->setObjectName(u"certificateDetail"_s);
    m_detail->body()->addWidget(buildHead());
    auto *grid = new QGridLayout;
    grid->setHorizontalSpacing(scaled(Measure::PageMargin));
    grid->setVerticalSpacing(scaled(3));
    const auto add = [&](int at, const QString &name) {
        auto *value = new TextLabel(Type::Body, {}, m_detail);
        value->setElided();
        value->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        grid->addWidget(new TextLabel(Type::Dim, name, m_detail), 0, at);
        grid->addWidget(value, 1, at);
        grid->setColumnStretch(at, at == 0 || at == 4 ? 3 : 2); // dates and TLS words are longer
        return value;
    };
    m_valid = add(0, tr("Valid"));
    m_usedBy = add(1, tr("Used by"));
    m_renewal = add(2, tr("Renewal"));
    m_ends = add(3, tr("Ends first"));
    m_live = add(4, tr("Live handshake"));
    m_live->setObjectName(u"certificateLive"_s);
    m_detail->body()->addLayout(grid);
    m_detail->body()->addWidget(buildParts());
    m_impact = new TextLabel(Type::Dim, {}, m_detail);
    m_impact->setObjectName(u"certificateImpact"_s);
    m_impact->setWordWrap(true);
    m_detail->body()->addWidget(m_impact);
    m_detail->hide();
    connect(m_check, &QPushButton::clicked, this, [this] {
        const CertificateRow *row = m_certificates->find(currentKey());
        if (!row)
            return;
        m_checking = row->key;
        showDetail();
        Q_EMIT checkRequested(row->key, serverNameFor(*row));
    });
    connect(m_reveal, &QPushButton::clicked, this, &CertificatesPage::showRevealMenu);
    connect(m_copy, &QPushButton::clicked, this, [this] {
        if (const CertificateRow *row = m_certificates->find(currentKey()))
            QGuiApplication::clipboard()->setText(
                tr("%1 (%2), %3\nUsed by: %4\nRenewal: %5\n%6\n%7")
                    .arg(row->subject, row->storedIn, endsText(*row, m_now()), row->usedBy, row->renewal,
                         chainText(row->chain), row->blastRadius.join(u'\n')));
    });
    return m_detail;
}

void CertificatesPage::setCertificates(models::TableModel<CertificateRow> &certificates)
{
    m_certificates = &certificates;
    m_pane->setModel(certificates);
    m_pane->setObjectOf([&certificates](const QString &key) {
        const CertificateRow *row = certificates.find(key);
        return row && row->storedAt.kind != "Kubeconfig"_L1 ? row->storedAt : models::ObjectRef();
    });
    m_pane->table().sortBy(u"ends"_s);
    for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(&certificates, signal, this, &CertificatesPage::countsChanged);
    connect(&certificates, &QAbstractItemModel::dataChanged, this, &CertificatesPage::countsChanged);
    connect(&certificates, &models::TableModelBase::completed, this, &CertificatesPage::countsChanged);
    countsChanged();
}

void CertificatesPage::toggleDetails()
{
    m_wantsParts = m_partsBox->isHidden();
    showParts();
}

QStringList CertificatesPage::detailState() const
{
    return m_wantsParts ? QStringList{*m_wantsParts ? u"parts"_s : u"no-parts"_s} : QStringList();
}

void CertificatesPage::restoreDetailState(const QStringList &state)
{
    m_wantsParts.reset();
    if (!state.isEmpty())
        m_wantsParts = state.first() == u"parts"_s;
    showParts();
}

// In a low window the table needs their place more.
void CertificatesPage::showParts()
{
    constexpr int HighEnough = 640;
    const bool shown = m_wantsParts.value_or(height() >= scaled(HighEnough));
    m_partsBox->setVisible(shown);
    m_impact->setVisible(shown || height() >= scaled(HighEnough)); // it has a part of its own there
    m_more->setChecked(shown);
}

void CertificatesPage::resizeEvent(QResizeEvent *event)
{
    PageFrame::resizeEvent(event);
    showParts();
}

void CertificatesPage::setClock(std::function<QDateTime()> now) { m_now = std::move(now); }

QString CertificatesPage::currentKey() const { return m_pane->table().currentKey(); }

void CertificatesPage::setNamespace(const QString &nameSpace)
{
    m_pane->setScope(nameSpace.isEmpty() ? QString() : u"ns:"_s + nameSpace);
}

QList<QWidget *> CertificatesPage::panes() const { return {&m_pane->table(), m_stack->currentWidget()}; }

void CertificatesPage::focusFilter() { m_pane->focusFilter(); }

// What was filtered for stays, unless it hides what was asked for.
void CertificatesPage::goTo(const QString &target)
{
    const QString key = m_certificates ? certificateKey(*m_certificates, target, m_now()) : target;
    if (m_pane->table().selectKey(key))
        return;
    const bool isRow = m_certificates && m_certificates->find(key);
    m_pane->setFilter(isRow ? QString() : target);
    if (isRow)
        m_pane->table().selectKey(key);
}

QList<Command> CertificatesPage::commands()
{
    constexpr int Most = 20000; // beyond that the filter is the better way
    QList<Command> commands;
    for (int i = 0; m_certificates && i < qMin(Most, m_certificates->rowCount()); ++i) {
        const auto &row = m_certificates->row(i);
        commands.append({row.subject + u"   "_s + row.storedIn, tr("certificate"),
                         [this, key = row.key] { Q_EMIT pageRequested(id(), key); }});
    }
    return commands;
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
        facts.append(countText(errors, tr("ends very soon"), tr("end very soon")));
    if (warnings > 0)
        facts.append(countText(warnings, tr("ends soon"), tr("end soon")));
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
    const bool takesPlace = row && m_detail->isHidden();
    m_detail->setVisible(row);
    if (!row)
        return;
    if (takesPlace) // of the table: the row that was chosen stays in sight
        QMetaObject::invokeMethod(
            this,
            [this] {
                layout()->activate();
                m_pane->table().scrollTo(m_pane->table().currentIndex());
            },
            Qt::QueuedConnection);
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
    const QString chain = chainText(row->chain);
    if (m_chain->toPlainText() != chain)
        m_chain->setPlainText(chain);
    showImpact(*row);
    showHandshake(*row);
    showReveal();
}

void CertificatesPage::setForbidden(const QHash<QString, QString> &forbidden)
{
    m_forbidden = forbidden;
    showReveal();
}

void CertificatesPage::showReveal()
{
    const CertificateRow *row = m_certificates ? m_certificates->find(currentKey()) : nullptr;
    if (!row)
        return;
    const bool isSecret = row->storedAt.kind == u"Secret"_s;
    const QString missing =
        m_forbidden.value(u"reveal/%1/%2"_s.arg(row->storedAt.nameSpace, row->storedAt.name));
    m_reveal->setEnabled(isSecret && missing.isEmpty() && isLive());
    m_reveal->setToolTip(!isSecret ? tr("It is in no Secret of the cluster.")
                             : missing.isEmpty()
                             ? tr("Shows one value of this Secret after a confirmation; the "
                                  "journal keeps that it was looked at.")
                             : whyMissing(missing));
}

void CertificatesPage::showImpact(const CertificateRow &row)
{
    const qsizetype most = 3;
    const qsizetype rest = row.blastRadius.size() - most;
    const QString impact =
        row.blastRadius.mid(0, most).join(u"; "_s) + (rest > 0 ? tr("; and %1 more").arg(rest) : QString());
    m_impact->setText(row.blastRadius.isEmpty() ? tr("If it ends: nothing that was found uses it.")
                                                : tr("If it ends: %1").arg(impact));
    m_impact->setToolTip(rest > 0 ? row.blastRadius.join(u'\n').toHtmlEscaped() : QString());
    m_parts->setTabText(0, row.chain.size() > 1 ? tr("Chain  %1").arg(row.chain.size()) : tr("Chain"));
    m_parts->setTabText(
        2, row.blastRadius.isEmpty() ? tr("Impact") : tr("Impact  %1").arg(row.blastRadius.size()));
    m_affectedModel->clear();
    for (const QString &line : row.blastRadius) {
        auto *item = new QStandardItem(line);
        item->setData(int(Severity::Warning), LineDelegate::SeverityRole);
        const QString subject = line.section(u':', 0, 0); // "Mapping default/quote-backend"
        if (const QString kind = subject.section(u' ', 0, 0); kind == u"Mapping"_s || kind == u"Host"_s) {
            item->setData(u"routing"_s, LineDelegate::PageRole);
            item->setData(subject.section(u' ', 1, 1), LineDelegate::TargetRole);
        }
        m_affectedModel->appendRow(item);
    }
}

void CertificatesPage::showHandshake(const CertificateRow &row)
{
    const bool isAsked = isSignalConnected(QMetaMethod::fromSignal(&CertificatesPage::checkRequested));
    const bool canAsk = !serverNameFor(row).isEmpty();
    const bool isChecking = m_checking == row.key;
    m_check->setVisible(isAsked);
    m_check->setEnabled(canAsk && isLive() && !isChecking);
    m_check->setToolTip(canAsk ? tr("A TLS handshake with the edge for %1, now").arg(serverNameFor(row))
                               : tr("Only what the edge presents to clients can be asked for."));
    const auto answer = m_handshakes.constFind(row.key);
    const bool has = answer != m_handshakes.constEnd();
    m_parts->setTabText(1, tr("Presented"));
    m_parts->setTabEnabled(1, has && !answer->chain.isEmpty());
    m_presented->setPlainText(has ? chainText(answer->chain) : QString());
    if (isChecking || !has) {
        m_live->setMark({});
        m_live->setText(isChecking   ? tr("shaking hands …")
                            : canAsk ? tr("not checked")
                                     : tr("not presented to clients"));
        m_live->setToolTip({});
        return;
    }
    const bool isSame = !answer->chain.isEmpty() && !row.chain.isEmpty()
        && answer->chain.first().fingerprint == row.chain.first().fingerprint;
    m_live->setMark(isSame ? Severity::Good : Severity::Error);
    m_live->setText(!answer->error.isEmpty() ? answer->error
                        : isSame             ? tr("the stored one, %1").arg(answer->protocol)
                        : answer->chain.isEmpty()
                        ? tr("none presented")
                        : tr("another one: %1").arg(certificateName(answer->chain.first())));
    m_live->setAccessibleName(
        tr("Live handshake, %1: %2")
            .arg(severityName(isSame ? Severity::Good : Severity::Error), m_live->text()));
    m_live->setToolTip(tr("%1, server name %2, %3 %4, %5 ms, %6")
                           .arg(answer->address, answer->serverName, answer->protocol, answer->cipher,
                                QString::number(answer->elapsedMs), exactText(answer->at)));
}

void CertificatesPage::setHandshake(const HandshakeAnswer &answer)
{
    m_handshakes.insert(answer.key, answer);
    if (m_checking == answer.key)
        m_checking.clear();
    showDetail();
}

void CertificatesPage::showRevealMenu()
{
    const CertificateRow *row = m_certificates->find(currentKey());
    if (!row || row->storedAt.kind != u"Secret"_s)
        return;
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName(u"revealMenu"_s);
    QStringList keys{u"tls.crt"_s, u"tls.key"_s, u"ca.crt"_s};
    if (!row->dataKey.isEmpty() && !keys.contains(row->dataKey)) // of Istio's CA, say
        keys = {row->dataKey, QString(row->dataKey).replace(u"cert"_s, u"key"_s)};
    for (const QString &key : std::as_const(keys))
        menu->addAction(key, this, [this, secret = row->storedAt, key] { askToReveal(secret, key); });
    menu->popup(m_reveal->mapToGlobal(QPoint(0, m_reveal->height() + 2)));
}

void CertificatesPage::askToReveal(const models::ObjectRef &secret, const QString &dataKey)
{
    auto *ask = new AskDialog(
        {tr("Reveal %1 of %2").arg(dataKey, secret.text()),
         tr("The value is fetched from %1 and shown for a minute. The journal keeps that "
            "you looked at it, not the value.")
             .arg(connection().context),
         tr("Type the Secret's name, %1, to confirm").arg(secret.name), tr("Reveal"), secret.name},
        window());
    connect(ask, &AskDialog::answered, this,
            [this, secret, dataKey] { Q_EMIT revealRequested(secret, dataKey); });
    ask->open();
}

} // namespace ui
