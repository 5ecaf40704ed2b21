// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/text_editor.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTemporaryFile>

#ifdef Q_OS_WIN
#include <io.h>

#include <cstdio>
#else
#include <unistd.h>
#endif

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

constexpr int LookMs = 200, LastWordMs = 2000; // whether all is to end; for the editor to end by itself then

QString editorWords()
{
    for (const char *variable : {"KUBE_EDITOR", "EDITOR"}) {
        const QString words = qEnvironmentVariable(variable).trimmed();
        if (!words.isEmpty())
            return words;
    }
#ifdef Q_OS_WIN
    return u"notepad"_s;
#else
    return u"vi"_s;
#endif
}

tl::unexpected<kube::Error> wrong(const QString &why)
{
    return kube::failure(kube::Error::Kind::Config, why);
}

kube::Result<void> writeOwn(const QString &path, const QByteArray &text)
{
    QFile file(path);
    // Before there is anything in it.
    const bool isWritten = file.open(QIODevice::WriteOnly | QIODevice::NewOnly)
        && file.setPermissions(QFile::ReadOwner | QFile::WriteOwner) && file.write(text) == text.size()
        && file.flush();
    if (!isWritten)
        return wrong(
            u"%1 cannot be written: %2; is there room in the folder for temporary files (TMPDIR)?"_s.arg(
                path, file.errorString()));
    return {};
}

kube::Result<void> runEditor(const QString &words, const QString &path, const std::stop_token &stop)
{
    QProcess editor;
    editor.setProcessChannelMode(QProcess::ForwardedChannels);
    editor.setInputChannelMode(QProcess::ForwardedInputChannel); // it is the terminal's for now
#ifdef Q_OS_WIN
    editor.startCommand(words + u" \""_s + path + u'"');
#else
    editor.start(u"/bin/sh"_s, {u"-c"_s, words + u" \"$1\""_s, u"sh"_s, path});
#endif
    const QString remedy = u"; choose another one by KUBE_EDITOR or EDITOR"_s;
    if (!editor.waitForStarted())
        return wrong(u"the editor “%1” cannot be run: %2"_s.arg(words, editor.errorString()) + remedy);
    while (!editor.waitForFinished(LookMs) && editor.state() != QProcess::NotRunning) {
        if (!stop.stop_requested())
            continue;
        editor.terminate();
        if (!editor.waitForFinished(LastWordMs)) {
            editor.kill();
            editor.waitForFinished(LastWordMs);
        }
    }
    if (stop.stop_requested()) // perhaps as it ended by itself
        return kube::failure(kube::Error::Kind::Cancelled, u"the edit was given up; nothing was written"_s);
    if (editor.exitStatus() != QProcess::NormalExit)
        return wrong(u"the editor “%1” was killed; nothing was written"_s.arg(words));
    if (editor.exitCode() != 0)
        return wrong(
            u"the editor “%1” ended with code %2; nothing was written"_s.arg(words).arg(editor.exitCode())
            + remedy);
    return {};
}

} // namespace

bool isAtTerminal()
{
#ifdef Q_OS_WIN
    return _isatty(_fileno(stdin)) != 0;
#else
    return isatty(STDIN_FILENO) == 1;
#endif
}

kube::Result<QByteArray> editedText(const QByteArray &text, const QString &suffix, std::stop_token stop,
                                    QByteArray *saved)
{
    const QTemporaryDir folder; // of mode 0700
    if (!folder.isValid())
        return wrong(u"no folder for temporary files: %1; set TMPDIR to one"_s.arg(folder.errorString()));
    const QString path = folder.filePath(u"edit"_s + suffix);
    if (const auto written = writeOwn(path, text); !written)
        return tl::unexpected(written.error());
    QFile file(path);
    if (const auto ended = runEditor(editorWords(), path, stop); !ended) {
        if (saved && file.open(QIODevice::ReadOnly))
            *saved = file.readAll();
        return tl::unexpected(ended.error());
    }
    if (!file.open(QIODevice::ReadOnly))
        return wrong(
            u"what the editor saved cannot be read: %1; nothing was written"_s.arg(file.errorString()));
    return file.readAll();
}

kube::Result<QString> keptText(const QByteArray &text, const QString &suffix)
{
    QTemporaryFile file(QDir::temp().filePath(u"sallyportctl-edit-XXXXXX"_s + suffix)); // of mode 0600
    const bool isWritten = file.open() && file.write(text) == text.size() && file.flush();
    if (!isWritten)
        return wrong(u"%1: %2"_s.arg(QDir::tempPath(), file.errorString()));
    file.setAutoRemove(false);
    return file.fileName();
}

} // namespace app::cli
