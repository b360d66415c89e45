<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>CompressionWords</name>
    <message>
        <source>Compressing</source>
        <translation>Wird verkleinert</translation>
    </message>
    <message>
        <source>Searching the best mixture</source>
        <translation>Die beste Mischung wird gesucht</translation>
    </message>
    <message>
        <source>Training what is left</source>
        <translation>Der Rest wird trainiert</translation>
    </message>
    <message>
        <source>Measuring</source>
        <translation>Wird gemessen</translation>
    </message>
    <message>
        <source> · %1 of %2</source>
        <translation> · %1 von %2</translation>
    </message>
    <message>
        <source> · %1 left</source>
        <translation> · noch %1</translation>
    </message>
</context>
<context>
    <name>ModelWords</name>
    <message>
        <source>%1 billion</source>
        <translation>%1 Milliarden</translation>
    </message>
    <message>
        <source>%1 million</source>
        <translation>%1 Millionen</translation>
    </message>
    <message>
        <source>32 bits</source>
        <translation>32 Bit</translation>
    </message>
    <message>
        <source>16 bits</source>
        <translation>16 Bit</translation>
    </message>
    <message>
        <source>8 bits</source>
        <translation>8 Bit</translation>
    </message>
    <message>
        <source>4 bits</source>
        <translation>4 Bit</translation>
    </message>
    <message>
        <source>2 of 4 zeros, %1</source>
        <translation>2 von 4 Nullen, %1</translation>
    </message>
    <message>
        <source>some zeros, %1</source>
        <translation>einige Nullen, %1</translation>
    </message>
    <message>
        <source>%1 % zeros, %2</source>
        <translation>%1 % Nullen, %2</translation>
    </message>
    <message>
        <source>%1, mixed</source>
        <translation>%1, gemischt</translation>
    </message>
    <message>
        <source>%1 layers of %2, %3 heads</source>
        <translation>%1 Schichten zu %2, %3 Köpfe</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 s</translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation>%1 min</translation>
    </message>
    <message>
        <source>%1 h %2 min</source>
        <translation>%1 h %2 min</translation>
    </message>
</context>
<context>
    <name>Text</name>
    <message>
        <source>a few seconds</source>
        <translation>ein paar Sekunden</translation>
    </message>
    <message numerus="yes">
        <source>about %n second(s)</source>
        <translation>
            <numerusform>etwa %n Sekunde</numerusform>
            <numerusform>etwa %n Sekunden</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>about %n minute(s)</source>
        <translation>
            <numerusform>etwa %n Minute</numerusform>
            <numerusform>etwa %n Minuten</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>about %n hour(s)</source>
        <translation>
            <numerusform>etwa %n Stunde</numerusform>
            <numerusform>etwa %n Stunden</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>main</name>
    <message>
        <source>Drafts mail in your own voice, on your own computer.</source>
        <translation>Entwirft Mails in Ihrer eigenen Stimme, auf Ihrem eigenen Rechner.</translation>
    </message>
    <message>
        <source>The folder that holds everything of one user.</source>
        <translation>Der Ordner, der alles von einem Benutzer enthält.</translation>
    </message>
</context>
<context>
    <name>sancho::desktop::ChoosePage</name>
    <message>
        <source>Where is your mail?</source>
        <translation>Wo ist Ihre Mail?</translation>
    </message>
    <message>
        <source>Choose mailbox files (mbox, .eml) or a folder such as a Maildir. The sent mail is what Sancho learns from; received mail helps it to answer.</source>
        <translation>Wählen Sie Postfachdateien (mbox, .eml) oder einen Ordner wie ein Maildir. Aus gesendeter Mail lernt Sancho; empfangene hilft beim Antworten.</translation>
    </message>
    <message>
        <source>&amp;Remove</source>
        <translation>&amp;Entfernen</translation>
    </message>
    <message>
        <source>Choose &amp;files…</source>
        <translation>&amp;Dateien wählen…</translation>
    </message>
    <message>
        <source>Choose a f&amp;older…</source>
        <translation>&amp;Ordner wählen…</translation>
    </message>
    <message>
        <source>or drop them here</source>
        <translation>oder hierher ziehen</translation>
    </message>
    <message>
        <source>Chosen mailboxes</source>
        <translation>Gewählte Postfächer</translation>
    </message>
    <message>
        <source>Try the &amp;sample mailbox</source>
        <translation>&amp;Beispielpostfach ausprobieren</translation>
    </message>
    <message>
        <source>Invented mail of an invented person, to see how it works.</source>
        <translation>Erfundene Mail einer erfundenen Person, zum Ausprobieren.</translation>
    </message>
    <message>
        <source>Choose mailbox files</source>
        <translation>Postfach-Dateien wählen</translation>
    </message>
    <message>
        <source>Choose a folder with mail</source>
        <translation>Einen Ordner mit Mails wählen</translation>
    </message>
</context>
<context>
    <name>sancho::desktop::CliProcess</name>
    <message>
        <source>The job could not start: %1 is missing or cannot be run; reinstall Sancho.</source>
        <translation>Die Arbeit konnte nicht beginnen: %1 fehlt oder lässt sich nicht ausführen; bitte Sancho neu installieren.</translation>
    </message>
    <message>
        <source>The job ended unexpectedly; what it last saved is kept and can be resumed.</source>
        <translation>Die Arbeit endete unerwartet; was zuletzt gesichert wurde, ist erhalten und kann fortgesetzt werden.</translation>
    </message>
    <message>
        <source>The job failed without saying why.</source>
        <translation>Die Arbeit ist ohne Angabe von Gründen gescheitert.</translation>
    </message>
    <message>
        <source>The job ended without a result; please start it again.</source>
        <translation>Die Arbeit endete ohne Ergebnis; bitte erneut beginnen.</translation>
    </message>
</context>
<context>
    <name>sancho::desktop::CompressDialog</name>
    <message>
        <source>Nearly the &amp;same drafts</source>
        <translation>Fast &amp;dieselben Entwürfe</translation>
    </message>
    <message>
        <source>8 bits for each weight</source>
        <translation>8 Bit je Gewicht</translation>
    </message>
    <message>
        <source>S&amp;maller, hardly worse</source>
        <translation>&amp;Kleiner, kaum schlechter</translation>
    </message>
    <message>
        <source>4 bits for each weight</source>
        <translation>4 Bit je Gewicht</translation>
    </message>
    <message>
        <source>every second weight left out, 4 bits for the others</source>
        <translation>jedes zweite Gewicht weggelassen, 4 Bit für die übrigen</translation>
    </message>
    <message>
        <source>As small as it &amp;goes</source>
        <translation>So klein es &amp;geht</translation>
    </message>
    <message>
        <source>70 % left out where it hurts least, then a few minutes of training</source>
        <translation>70 % weggelassen, wo es am wenigsten schadet, dann einige Minuten Training</translation>
    </message>
    <message>
        <source>&amp;Fit into a size</source>
        <translation>In eine Größe &amp;passen</translation>
    </message>
    <message>
        <source>the best mixture that fits; takes longest</source>
        <translation>die beste Mischung, die passt; dauert am längsten</translation>
    </message>
    <message>
        <source>Compress %1</source>
        <translation>%1 verkleinern</translation>
    </message>
    <message>
        <source>This model has been compressed before: starting from the original loses less.</source>
        <translation>Dieses Modell wurde schon verkleinert: vom Original aus geht weniger verloren.</translation>
    </message>
    <message>
        <source>Makes a second, smaller model; this one, %1 now, stays as it is.</source>
        <translation>Es entsteht ein zweites, kleineres Modell; dieses hier, jetzt %1, bleibt, wie es ist.</translation>
    </message>
    <message>
        <source>C&amp;ompress</source>
        <translation>V&amp;erkleinern</translation>
    </message>
    <message>
        <source>about %1: %2</source>
        <translation>etwa %1: %2</translation>
    </message>
    <message>
        <source>Largest size</source>
        <translation>Größte Größe</translation>
    </message>
    <message>
        <source> MB</source>
        <translation> MB</translation>
    </message>
    <message>
        <source>SparseGPT: the others make up for it</source>
        <translation>SparseGPT: die übrigen gleichen es aus</translation>
    </message>
    <message>
        <source>Magnitude: the smallest weights</source>
        <translation>Betrag: die kleinsten Gewichte</translation>
    </message>
    <message>
        <source>GPTQ: later weights make up for earlier ones</source>
        <translation>GPTQ: spätere Gewichte gleichen frühere aus</translation>
    </message>
    <message>
        <source>To the nearest</source>
        <translation>Zum nächsten</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keines</translation>
    </message>
    <message>
        <source> minutes</source>
        <translation> Minuten</translation>
    </message>
    <message>
        <source>&amp;Weights</source>
        <translation>&amp;Gewichte</translation>
    </message>
    <message>
        <source>&amp;Leaving out</source>
        <translation>Weg&amp;lassen</translation>
    </message>
    <message>
        <source>&amp;Rounding</source>
        <translation>&amp;Runden</translation>
    </message>
    <message>
        <source>&amp;Training afterwards</source>
        <translation>&amp;Training danach</translation>
    </message>
    <message>
        <source>Words to &amp;calibrate with</source>
        <translation>Wörter zum &amp;Eichen</translation>
    </message>
    <message>
        <source>M&amp;y own mail (%1)</source>
        <translation>Meine e&amp;igenen Mails (%1)</translation>
    </message>
    <message>
        <source>Text file</source>
        <translation>Textdatei</translation>
    </message>
    <message>
        <source>Plain text, or one JSON object with “text” on each line</source>
        <translation>Reiner Text, oder je Zeile ein JSON-Objekt mit „text“</translation>
    </message>
    <message>
        <source>Choose a text file</source>
        <translation>Eine Textdatei wählen</translation>
    </message>
    <message>
        <source>Name of the new model</source>
        <translation>Name des neuen Modells</translation>
    </message>
    <message>
        <source>What it should be good at</source>
        <translation>Was es gut können soll</translation>
    </message>
    <message>
        <source>&amp;Name</source>
        <translation>&amp;Name</translation>
    </message>
    <message>
        <source>Text to calibrate with</source>
        <translation>Text zum Eichen</translation>
    </message>
    <message>
        <source>Choose a text file that is like what it will write.</source>
        <translation>Wählen Sie eine Textdatei, die dem gleicht, was es schreiben wird.</translation>
    </message>
    <message>
        <source>There is no file %1.</source>
        <translation>Es gibt keine Datei %1.</translation>
    </message>
    <message>
        <source>Give the new model a name of letters, digits, dots and dashes.</source>
        <translation>Geben Sie dem neuen Modell einen Namen aus Buchstaben, Ziffern, Punkten und Strichen.</translation>
    </message>
    <message>
        <source>There is a model called %1 already; choose another name.</source>
        <translation>Es gibt schon ein Modell namens %1; wählen Sie einen anderen Namen.</translation>
    </message>
    <message>
        <source>Small and f&amp;ast, a little worse</source>
        <translation>Klein und &amp;flink, etwas schlechter</translation>
    </message>
    <message>
        <source>C&amp;hoose the methods</source>
        <translation>Die &amp;Verfahren wählen</translation>
    </message>
    <message>
        <source>&amp;Each layer its own level (EvoPress)</source>
        <translation>Jeder Schicht ihre eigene &amp;Stufe (EvoPress)</translation>
    </message>
    <message>
        <source>A te&amp;xt file</source>
        <translation>Eine Te&amp;xtdatei</translation>
    </message>
    <message>
        <source>no smaller than now</source>
        <translation>nicht kleiner als jetzt</translation>
    </message>
</context>
<context>
    <name>sancho::desktop::DraftColumn</name>
    <message>
        <source>C&amp;opy</source>
        <translation>K&amp;opieren</translation>
    </message>
    <message>
        <source>Save as .&amp;eml…</source>
        <translation>Als .&amp;eml speichern…</translation>
    </message>
    <message>
        <source>Subject</source>
        <translation>Betreff</translation>
    </message>
    <message>
        <source>The draft appears here. You can edit every word of it.</source>
        <translation>Hier erscheint der Entwurf. Jedes Wort lässt sich ändern.</translation>
    </message>
    <message>
        <source>Draft</source>
        <translation>Entwurf</translation>
    </message>
    <message>
        <source>Copy the draft (Ctrl+Shift+C)</source>
        <translation>Den Entwurf kopieren (Strg+Umschalt+C)</translation>
    </message>
    <message numerus="yes">
        <source>%n underlined detail(s) came from neither your instruction nor your mail: check them.</source>
        <translation>
            <numerusform>%n unterstrichene Angabe steht weder in der Anweisung noch in Ihrer Mail: bitte prüfen.</numerusform>
            <numerusform>%n unterstrichene Angaben stehen weder in der Anweisung noch in Ihrer Mail: bitte prüfen.</numerusform>
        </translation>
    </message>
    <message>
        <source>&amp;Keep</source>
        <translation>&amp;Behalten</translation>
    </message>
</context>
<context>
    <name>sancho::desktop::DraftHistoryModel</name>
    <message>
        <source>(no subject)</source>
        <translation>(kein Betreff)</translation>
    </message>
    <message>
        <source>No recipient yet</source>
        <translation>Noch kein Empfänger</translation>
    </message>
    <message>
        <source>To %1</source>
        <translation>An %1</translation>
    </message>
</context>
<context>
    <name>sancho::desktop::DraftOptions</name>
    <message>
        <source>Short</source>
        <translation>Kurz</translation>
    </message>
    <message>
        <source>Medium</source>
        <translation>Mittel</translation>
    </message>
    <message>
        <source>Long</source>
        <translation>Lang</translation>
    </message>
    <message>
        <source>Longest draft</source>
        <translation>Längster Entwurf</translation>
    </message>
    <message>
        <source>From steady to lively</source>
        <translation>Von ruhig bis lebhaft</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Startwert</translation>
    </message>
    <message>
        <source>The same seed and words give the same draft</source>
        <translation>Gleicher Startwert und gleiche Worte ergeben den gleichen Entwurf</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>Länge</translation>
    </message>
    <message>
        <source>Steady</source>
        <translation>Ruhig</translation>
    </message>
    <message>
        <source>Lively</source>
        <translation>Lebhaft</translation>
    </message>
    <message>
        <source>&amp;New each time</source>
        <translation>&amp;Jedes Mal neu</translation>
    </message>
</context>
<context>
    <name>sancho::desktop::GroundedEdit</name>
    <message>
        <source>Not in your instruction or mail: check</source>
        <translation>Weder in der Anweisung noch in Ihrer Mail: bitte prüfen</translation>
    </message>
</context>
<context>
    <name>sancho::desktop::IdentityPage</name>
    <message>
        <source>Which of these are you?</source>
        <translation>Wer davon sind Sie?</translation>
    </message>
    <message>
        <source>Tick every address you have written from. Only mail from these addresses teaches Sancho your voice.</source>
        <translation>Haken Sie jede Adresse an, von der Sie geschrieben haben. Nur Mail von diesen Adressen lehrt Sancho Ihre Stimme.</translation>
    </message>
    <message>
        <source>Addresses</source>
        <translation>Adressen</translation>
    </message>
    <message>
        <source>%1 &lt;%2&gt;</source>
        <translation>%1 &lt;%2&gt;</translation>
    </message>
    <message numerus="yes">
        <source>  ·  %n mail(s)</source>
        <translation>
            <numerusform>  ·  %n Mail</numerusform>
            <numerusform>  ·  %n Mails</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>sancho::desktop::ImportWizard</name>
    <message>
        <source>Import mail</source>
        <translation>Mail importieren</translation>
    </message>
    <message>
        <source>&amp;Continue</source>
        <translation>&amp;Weiter</translation>
    </message>
    <message>
        <source>&amp;Back</source>
        <translation>&amp;Zurück</translation>
    </message>
    <message>
        <source>&amp;Not now</source>
        <translation>&amp;Nicht jetzt</translation>
    </message>
    <message>
        <source>&amp;Start writing</source>
        <translation>&amp;Losschreiben</translation>
    </message>
    <message>
        <source>Welcome</source>
        <translation>Willkommen</translation>
    </message>
    <message>
        <source>Your mail</source>
        <translation>Ihre Mail</translation>
    </message>
    <message>
        <source>Reading</source>
        <translation>Lesen</translation>
    </message>
    <message>
        <source>Your addresses</source>
        <translation>Ihre Adressen</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
</context>
<context>
    <name>sancho::desktop::JobBar</name>
    <message>
        <source>R&amp;esume</source>
        <translation>&amp;Fortfahren</translation>
    </message>
    <message>
        <source>&amp;Pause</source>
        <translation>&amp;Pause</translation>
    </message>
    <message>
        <source>&amp;Cancel</source>
        <translation>&amp;Abbrechen</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Fortschritt</translation>
    </message>
    <message>
        <source>Saving where it stands…</source>
        <translation>Der Stand wird gesichert…</translation>
    </message>
    <message>
        <source>Getting ready…</source>
        <translation>Wird vorbereitet…</translation>
    </message>
</context>
<context>
    <name>sancho::desktop::LayerChart</name>
    <message>
        <source>Zeros</source>
        <translation>Nullen</translation>
    </message>
    <message>
        <source>Output lost</source>
        <translation>Verlust</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>Schicht</translation>
    </message>
    <message>
        <source>Zeros and loss of each layer</source>
        <translation>Nullen und Verlust jeder Schicht</translation>
    </message>
</context>
<context>
    <name>sancho::desktop::LossChart</name>
    <message>
        <source>Mail it learns from</source>
        <translation>Mail, aus der es lernt</translation>
    </message>
    <message>
        <source>Mail it has not seen</source>
        <translation>Mail, die es nicht kennt</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>Loss (lower is better)</source>
        <translation>Verlust (weniger ist besser)</translation>
    </message>
    <message>
        <source>Loss curve</source>
        <translation>Verlustkurve</translation>
    </message>
</context>
<context>
    <name>sancho::desktop::MailFinder</name>
    <message>
        <source>Search by words or by meaning</source>
        <translation>Nach Worten oder Sinn suchen</translation>
    </message>
    <message>
        <source>Search mail</source>
        <translation>Mails durchsuchen</translation>
    </message>
    <message>
        <source>Mail</source>
        <translation>Mail</translation>
    </message>
    <message>
        <source>Searching…</source>
        <translation>Wird gesucht…</translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation>Nichts gefunden</translation>
    </message>
    <message>
        <source>Best matches first</source>
        <translation>Beste Treffer zuerst</translation>
    </message>
    <message>
        <source>%1 written by you</source>
        <translation>%1 von Ihnen</translation>
    </message>
    <message>
        <source>%1 mails</source>
        <translation>%1 Mails</translation>
    </message>
    <message>
        <source>Only mail I wr&amp;ote</source>
        <translation>Nur meine &amp;eigene</translation>
    </message>
</context>
<context>
    <name>sancho::desktop::MailboxPage</name>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>%n weitere</numerusform>
            <numerusform>%n weitere</numerusform>
        </translation>
    </message>
    <message>
        <source>Mailbox</source>
        <translation>Postfach</translation>
    </message>
    <message>
        <source>Text of the mail</source>
        <translation>Text der Mail</translation>
    </message>
    <message>
        <source>Draft an answer to this mail (Ctrl+R)</source>
        <translation>Eine Antwort auf diese Mail entwerfen (Strg+R)</translation>
    </message>
    <message>
        <source>No mail selected</source>
        <translation>Keine Mail gewählt</translation>
    </message>
    <message>
        <source>Choose a mail from the list to read it here.</source>
        <translation>Wählen Sie links eine Mail, um sie hier zu lesen.</translation>
    </message>
    <message>
        <source>(no subject)</source>
        <translation>(kein Betreff)</translation>
    </message>
    <message>
        <source>%1 to %2</source>
        <translation>%1 an %2</translation>
    </message>
    <message>
        <source>Attachments: %1</source>
        <translation>Anhänge: %1</translation>
    </message>
    <message>
        <source>Reply with Sancho</source>
        <translation>Mit Sancho antworten</translation>
    </message>
</context>
<context>
    <name>sancho::desktop::MainWindow</name>
    <message>
        <source>&amp;Write</source>
        <translation>&amp;Schreiben</translation>
    </message>
    <message>
        <source>&amp;Train</source>
        <translation>&amp;Trainieren</translation>
    </message>
    <message>
        <source>Mail&amp;box</source>
        <translation>Post&amp;fach</translation>
    </message>
    <message>
        <source>&amp;Import mail…</source>
        <translation>&amp;Importieren…</translation>
    </message>
    <message>
        <source>&amp;Settings…</source>
        <translation>Ein&amp;stellungen…</translation>
    </message>
    <message>
        <source>&amp;Draft or stop</source>
        <translation>&amp;Entwerfen oder anhalten</translation>
    </message>
    <message>
        <source>&amp;Copy the draft</source>
        <translation>Entwurf &amp;kopieren</translation>
    </message>
    <message>
        <source>&amp;Find mail</source>
        <translation>Mail &amp;suchen</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>&amp;About Sancho</source>
        <translation>&amp;Über Sancho</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>D&amp;raft</source>
        <translation>&amp;Entwurf</translation>
    </message>
    <message>
        <source>&amp;Go</source>
        <translation>&amp;Gehe zu</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>Learning what your mail is about: %1 %</source>
        <translation>Lernt, worum es in Ihrer Mail geht: %1 %</translation>
    </message>
    <message>
        <source>About Sancho</source>
        <translation>Über Sancho</translation>
    </message>
    <message>
        <source>&lt;h3&gt;Sancho %1&lt;/h3&gt;&lt;p&gt;Drafts mail in your own voice, on your own computer.&lt;/p&gt;&lt;p&gt;GPL-3.0-or-later&lt;/p&gt;</source>
        <translation>&lt;h3&gt;Sancho %1&lt;/h3&gt;&lt;p&gt;Entwirft Mails in Ihrer eigenen Stimme, auf Ihrem eigenen Rechner.&lt;/p&gt;&lt;p&gt;GPL-3.0-or-later&lt;/p&gt;</translation>
    </message>
    <message>
        <source>Training is running</source>
        <translation>Ein Training läuft</translation>
    </message>
    <message>
        <source>Pause it and quit? It can be resumed next time from where it stands.</source>
        <translation>Anhalten und beenden? Beim nächsten Mal geht es dort weiter, wo es steht.</translation>
    </message>
    <message>
        <source>M&amp;odels</source>
        <translation>M&amp;odelle</translation>
    </message>
    <message>
        <source>A compression is running</source>
        <translation>Eine Verkleinerung läuft</translation>
    </message>
</context>
<context>
    <name>sancho::desktop::MessageBar</name>
    <message>
        <source>Dismiss</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Problem</source>
        <translation>Problem</translation>
    </message>
</context>
<context>
    <name>sancho::desktop::MessageListModel</name>
    <message>
        <source>To %1</source>
        <translation>An %1</translation>
    </message>
    <message>
        <source>(no subject)</source>
        <translation>(kein Betreff)</translation>
    </message>
</context>
<context>
    <name>sancho::desktop::ModelDetails</name>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>Layer by layer</source>
        <translation>Schicht für Schicht</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>Schichten</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>Schicht</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>Zeros</source>
        <translation>Nullen</translation>
    </message>
    <message>
        <source>Output lost</source>
        <translation>Verlust</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>Parameter</translation>
    </message>
    <message>
        <source>Shape</source>
        <translation>Form</translation>
    </message>
    <message>
        <source>Reads at most</source>
        <translation>Liest höchstens</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 Token</translation>
    </message>
    <message>
        <source>Tokenizer</source>
        <translation>Tokenizer</translation>
    </message>
    <message>
        <source>none: it can be exported and compressed, but not write mail</source>
        <translation>keiner: es lässt sich exportieren und verkleinern, aber keine Mails schreiben</translation>
    </message>
    <message>
        <source>Made</source>
        <translation>Entstanden</translation>
    </message>
    <message>
        <source>By</source>
        <translation>Durch</translation>
    </message>
    <message>
        <source>%1 with %2</source>
        <translation>%1 mit %2</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Aus</translation>
    </message>
    <message>
        <source>%1 mails, %2 steps</source>
        <translation>%1 Mails, %2 Schritten</translation>
    </message>
    <message>
        <source>Perplexity</source>
        <translation>Perplexität</translation>
    </message>
    <message>
        <source>Compressed</source>
        <translation>Verkleinert</translation>
    </message>
    <message>
        <source>%1 (%2 times)</source>
        <translation>%1 (das %2-fache)</translation>
    </message>
    <message>
        <source>Divergence</source>
        <translation>Abweichung</translation>
    </message>
    <message>
        <source>%1 nats per token</source>
        <translation>%1 Nats je Token</translation>
    </message>
    <message>
        <source>Its drafts</source>
        <translation>Seine Entwürfe</translation>
    </message>
    <message>
        <source>%1 alike in meaning, %2 in words</source>
        <translation>zu %1 gleich im Sinn, zu %2 in den Worten</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Tempo</translation>
    </message>
    <message>
        <source>%1 tokens/s</source>
        <translation>%1 Token/s</translation>
    </message>
    <message>
        <source>%1 by plain rounding</source>
        <translation>%1 bei einfachem Runden</translation>
    </message>
    <message>
        <source>Training took</source>
        <translation>Training dauerte</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
</context>
<context>
    <name>sancho::desktop::ModelListModel</name>
    <message>
        <source>Added</source>
        <translation>Hinzugefügt</translation>
    </message>
    <message>
        <source>Personal</source>
        <translation>Persönlich</translation>
    </message>
    <message>
        <source>Comes with Sancho</source>
        <translation>Kommt mit Sancho</translation>
    </message>
    <message>
        <source>Compressed</source>
        <translation>Verkleinert</translation>
    </message>
    <message>
        <source>In use · %1</source>
        <translation>In Gebrauch · %1</translation>
    </message>
    <message>
        <source>perplexity %1 → %2</source>
        <translation>Perplexität %1 → %2</translation>
    </message>
    <message>
        <source>Finds mail, writes none</source>
        <translation>Findet Mails, schreibt keine</translation>
    </message>
    <message>
        <source>Cannot be used</source>
        <translation>Nicht verwendbar</translation>
    </message>
    <message>
        <source>%1 parameters · %2</source>
        <translation>%1 Parameter · %2</translation>
    </message>
</context>
<context>
    <name>sancho::desktop::ModelsPage</name>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
    <message>
        <source>A model writes your drafts. Sancho brings one; you can add others, and make them smaller and faster for this computer.</source>
        <translation>Ein Modell schreibt Ihre Entwürfe. Sancho bringt eines mit; Sie können weitere hinzufügen und sie für diesen Rechner kleiner und schneller machen.</translation>
    </message>
    <message>
        <source>Compressing: %1</source>
        <translation>Verkleinern: %1</translation>
    </message>
    <message>
        <source>Compressed: the new model is in the list.</source>
        <translation>Verkleinert: das neue Modell steht in der Liste.</translation>
    </message>
    <message>
        <source>Cancelled; nothing was changed.</source>
        <translation>Abgebrochen; nichts hat sich geändert.</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Fortschritt</translation>
    </message>
    <message>
        <source>&amp;Add a model</source>
        <translation>&amp;Modell hinzufügen</translation>
    </message>
    <message>
        <source>A &amp;file (GGUF, or Sancho’s own)…</source>
        <translation>Eine &amp;Datei (GGUF oder Sanchos eigene)…</translation>
    </message>
    <message>
        <source>A &amp;Hugging Face folder…</source>
        <translation>Ein &amp;Hugging-Face-Ordner…</translation>
    </message>
    <message>
        <source>&amp;Use for drafts</source>
        <translation>Für Entwürfe &amp;nutzen</translation>
    </message>
    <message>
        <source>Remo&amp;ve…</source>
        <translation>En&amp;tfernen…</translation>
    </message>
    <message>
        <source>&amp;GGUF, for llama.cpp and others…</source>
        <translation>&amp;GGUF, für llama.cpp und andere…</translation>
    </message>
    <message>
        <source>&amp;Safetensors, for Hugging Face…</source>
        <translation>&amp;Safetensors, für Hugging Face…</translation>
    </message>
    <message>
        <source>Sancho’s &amp;own file…</source>
        <translation>Sanchos &amp;eigene Datei…</translation>
    </message>
    <message>
        <source>%1 is not finished</source>
        <translation>%1 ist nicht fertig</translation>
    </message>
    <message>
        <source>In use</source>
        <translation>In Gebrauch</translation>
    </message>
    <message>
        <source>Opening %1…</source>
        <translation>%1 wird geöffnet…</translation>
    </message>
    <message>
        <source>Drafts are written by %1 now</source>
        <translation>Entwürfe schreibt jetzt %1</translation>
    </message>
    <message>
        <source>Removing %1…</source>
        <translation>%1 wird entfernt…</translation>
    </message>
    <message>
        <source>Removed %1</source>
        <translation>%1 entfernt</translation>
    </message>
    <message>
        <source>Adding %1…</source>
        <translation>%1 wird hinzugefügt…</translation>
    </message>
    <message>
        <source>Added %1</source>
        <translation>%1 hinzugefügt</translation>
    </message>
    <message>
        <source>Exporting %1…</source>
        <translation>%1 wird exportiert…</translation>
    </message>
    <message>
        <source>Wrote %1</source>
        <translation>%1 geschrieben</translation>
    </message>
    <message>
        <source>Making %1</source>
        <translation>%1 entsteht</translation>
    </message>
    <message>
        <source>Remove %1?</source>
        <translation>%1 entfernen?</translation>
    </message>
    <message>
        <source>Its file is deleted from this computer. Personal models made from it cannot be used without it.</source>
        <translation>Seine Datei wird von diesem Rechner gelöscht. Persönliche Modelle, die aus ihm entstanden, sind ohne es nicht verwendbar.</translation>
    </message>
    <message>
        <source>Cancel the compression?</source>
        <translation>Die Verkleinerung abbrechen?</translation>
    </message>
    <message>
        <source>What has been done so far will be lost. Pause keeps it.</source>
        <translation>Was bisher getan wurde, geht verloren. Eine Pause behält es.</translation>
    </message>
    <message>
        <source>A Hugging Face folder</source>
        <translation>Ein Hugging-Face-Ordner</translation>
    </message>
    <message>
        <source>A model file</source>
        <translation>Eine Modelldatei</translation>
    </message>
    <message>
        <source>Models (*.gguf *.safetensors)</source>
        <translation>Modelle (*.gguf *.safetensors)</translation>
    </message>
    <message>
        <source>Folder to write %1 into</source>
        <translation>Ordner für %1</translation>
    </message>
    <message>
        <source>Co&amp;mpress…</source>
        <translation>Verk&amp;leinern…</translation>
    </message>
    <message>
        <source>E&amp;xport</source>
        <translation>E&amp;xportieren</translation>
    </message>
</context>
<context>
    <name>sancho::desktop::ProgressPage</name>
    <message>
        <source>Reading your mail</source>
        <translation>Ihre Mail wird gelesen</translation>
    </message>
    <message>
        <source>You can stop at any time: what has been read is kept, and the next import goes on from there.</source>
        <translation>Sie können jederzeit anhalten: Gelesenes bleibt, und der nächste Import macht dort weiter.</translation>
    </message>
    <message>
        <source>&amp;Stop reading</source>
        <translation>Lesen &amp;anhalten</translation>
    </message>
    <message>
        <source>&amp;Go on</source>
        <translation>&amp;Fortfahren</translation>
    </message>
    <message>
        <source>Import progress</source>
        <translation>Fortschritt des Einlesens</translation>
    </message>
    <message>
        <source>Looking for mail…</source>
        <translation>Mail wird gesucht…</translation>
    </message>
    <message>
        <source>%1 · %2 of %3</source>
        <translation>%1 · %2 von %3</translation>
    </message>
    <message>
        <source>%1 read, %2 new</source>
        <translation>%1 gelesen, %2 neu</translation>
    </message>
    <message>
        <source>, %1 known already</source>
        <translation>, %1 schon bekannt</translation>
    </message>
    <message>
        <source>, %1 damaged</source>
        <translation>, %1 beschädigt</translation>
    </message>
    <message>
        <source>Stopped. Go on, or continue with what has been read.</source>
        <translation>Angehalten. Lesen Sie weiter, oder fahren Sie mit dem Gelesenen fort.</translation>
    </message>
    <message>
        <source>There is no mail in what you chose.</source>
        <translation>In dem, was Sie gewählt haben, ist keine Mail.</translation>
    </message>
</context>
<context>
    <name>sancho::desktop::ReplyPicker</name>
    <message>
        <source>Which mail do you answer?</source>
        <translation>Welche Mail beantworten Sie?</translation>
    </message>
    <message>
        <source>&amp;Answer this mail</source>
        <translation>Diese Mail &amp;beantworten</translation>
    </message>
</context>
<context>
    <name>sancho::desktop::SettingsDialog</name>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>&amp;You</source>
        <translation>&amp;Sie</translation>
    </message>
    <message>
        <source>&amp;Window and computer</source>
        <translation>&amp;Fenster und Rechner</translation>
    </message>
    <message>
        <source>&amp;Health</source>
        <translation>&amp;Zustand</translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation>&amp;Speichern</translation>
    </message>
    <message>
        <source>Who you are</source>
        <translation>Wer Sie sind</translation>
    </message>
    <message>
        <source>Name, role, company, telephone: facts a mail of yours may need.</source>
        <translation>Name, Aufgabe, Firma, Telefon: was eine Mail von Ihnen brauchen kann.</translation>
    </message>
    <message>
        <source>Your addresses</source>
        <translation>Ihre Adressen</translation>
    </message>
    <message numerus="yes">
        <source>%n mail(s)</source>
        <translation>
            <numerusform>%n Mail</numerusform>
            <numerusform>%n Mails</numerusform>
        </translation>
    </message>
    <message>
        <source>Sancho reads this before every draft.</source>
        <translation>Sancho liest das vor jedem Entwurf.</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>&amp;Appearance</source>
        <translation>&amp;Aussehen</translation>
    </message>
    <message>
        <source>Everything is kept in</source>
        <translation>Alles liegt in</translation>
    </message>
    <message>
        <source>Checks</source>
        <translation>Prüfungen</translation>
    </message>
    <message>
        <source>Check a&amp;gain</source>
        <translation>E&amp;rneut prüfen</translation>
    </message>
    <message>
        <source>Sancho looks after its files and this computer.</source>
        <translation>Sancho sieht nach seinen Dateien und diesem Rechner.</translation>
    </message>
    <message>
        <source>Checking…</source>
        <translation>Wird geprüft…</translation>
    </message>
    <message>
        <source>Your name</source>
        <translation>Ihr Name</translation>
    </message>
    <message>
        <source>Your name as you sign; empty: as in your mail</source>
        <translation>Ihr Name, wie Sie unterschreiben; leer: wie in Ihrer Mail</translation>
    </message>
    <message>
        <source>&amp;Processor cores for training</source>
        <translation>&amp;Prozessorkerne fürs Training</translation>
    </message>
</context>
<context>
    <name>sancho::desktop::SummaryPage</name>
    <message>
        <source>Your mail is in</source>
        <translation>Ihre Mail ist da</translation>
    </message>
    <message>
        <source>Write a first draft now. For drafts in your own voice, open Train and press Fine-tune on my mail: a few minutes are enough.</source>
        <translation>Schreiben Sie jetzt einen ersten Entwurf. Für Entwürfe in Ihrer eigenen Stimme öffnen Sie „Trainieren“ und beginnen das Training mit Ihrer Mail: wenige Minuten genügen.</translation>
    </message>
    <message>
        <source>&amp;What and why</source>
        <translation>&amp;Was und warum</translation>
    </message>
    <message>
        <source>mails read</source>
        <translation>Mails gelesen</translation>
    </message>
    <message>
        <source>new</source>
        <translation>neu</translation>
    </message>
    <message>
        <source>written by you</source>
        <translation>von Ihnen</translation>
    </message>
    <message>
        <source>Damaged mail and files passed over</source>
        <translation>Beschädigte Mails und übergangene Dateien</translation>
    </message>
    <message>
        <source>Damaged</source>
        <translation>Beschädigt</translation>
    </message>
    <message>
        <source>%1 at byte %2</source>
        <translation>%1 bei Byte %2</translation>
    </message>
    <message>
        <source>Passed over</source>
        <translation>Übergangen</translation>
    </message>
    <message numerus="yes">
        <source>%n mail(s) had been imported before.</source>
        <translation>
            <numerusform>%n Mail war schon importiert.</numerusform>
            <numerusform>%n Mails waren schon importiert.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n damaged mail(s) were kept as far as they could be read.</source>
        <translation>
            <numerusform>%n beschädigte Mail wurde behalten, soweit sie lesbar war.</numerusform>
            <numerusform>%n beschädigte Mails wurden behalten, soweit sie lesbar waren.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) held no mail.</source>
        <translation>
            <numerusform>%n Datei enthielt keine Mail.</numerusform>
            <numerusform>%n Dateien enthielten keine Mail.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>sancho::desktop::TrainPage</name>
    <message>
        <source>Reading your mail</source>
        <translation>Ihre Mail wird gelesen</translation>
    </message>
    <message>
        <source>Finding related mail</source>
        <translation>Verwandte Mails werden gesucht</translation>
    </message>
    <message>
        <source>Learning</source>
        <translation>Lernt</translation>
    </message>
    <message>
        <source>Saving</source>
        <translation>Speichert</translation>
    </message>
    <message>
        <source>held-out perplexity %1 → %2</source>
        <translation>Perplexität zurückgelegter Mails %1 → %2</translation>
    </message>
    <message>
        <source>Done, but the new model predicts mail of yours that it has not seen no better than before (%1). The version in use can be changed below.</source>
        <translation>Fertig, aber das neue Modell sagt Mail von Ihnen, die es nicht kennt, nicht besser voraus als zuvor (%1). Welche Version schreibt, lässt sich unten ändern.</translation>
    </message>
    <message>
        <source>Done. Mail of yours that it has not seen surprises Sancho %1 % less than before (%2). New drafts use this model.</source>
        <translation>Fertig. Mail von Ihnen, die es nicht kennt, überrascht Sancho %1 % weniger als zuvor (%2). Neue Entwürfe nutzen dieses Modell.</translation>
    </message>
    <message>
        <source>Paused. Resume whenever you like, even after a restart.</source>
        <translation>Angehalten. Sie können jederzeit fortfahren, auch nach einem Neustart.</translation>
    </message>
    <message>
        <source>Cancelled. The model in use has not changed.</source>
        <translation>Abgebrochen. Das benutzte Modell ist unverändert.</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>Trainieren</translation>
    </message>
    <message>
        <source>Sancho reads the mail you wrote and learns your way of writing. It happens on this computer only, takes a few minutes, and you can go on working meanwhile.</source>
        <translation>Sancho liest, was Sie geschrieben haben, und lernt Ihre Art zu schreiben. Das geschieht nur auf diesem Rechner, dauert einige Minuten, und Sie können dabei weiterarbeiten.</translation>
    </message>
    <message>
        <source>mails written by you</source>
        <translation>Mails von Ihnen</translation>
    </message>
    <message>
        <source>usable for training</source>
        <translation>brauchbar fürs Training</translation>
    </message>
    <message>
        <source>kept aside to measure</source>
        <translation>zum Messen beiseitegelegt</translation>
    </message>
    <message>
        <source>Each training run makes a version. Any of them can write for you.</source>
        <translation>Jedes Training ergibt eine Version. Jede davon kann für Sie schreiben.</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>Left out:
%1</source>
        <translation>Weggelassen:
%1</translation>
    </message>
    <message>
        <source>Cancel training?</source>
        <translation>Training abbrechen?</translation>
    </message>
    <message>
        <source>What has been learnt since the last pause will be lost. Pause keeps it.</source>
        <translation>Was seit der letzten Pause gelernt wurde, geht verloren. Eine Pause behält es.</translation>
    </message>
    <message>
        <source> · step %1 of %2</source>
        <translation> · Schritt %1 von %2</translation>
    </message>
    <message>
        <source> · %1 left</source>
        <translation> · noch %1</translation>
    </message>
    <message>
        <source> · %1 tokens/s</source>
        <translation> · %1 Token/s</translation>
    </message>
    <message>
        <source>Training: %1</source>
        <translation>Training: %1</translation>
    </message>
    <message>
        <source>Fi&amp;ne-tune on my mail</source>
        <translation>An meine Mail a&amp;npassen</translation>
    </message>
    <message>
        <source>The learning curve appears here: it falls while Sancho gets used to your words.</source>
        <translation>Hier erscheint die Lernkurve: sie fällt, während Sancho sich an Ihre Worte gewöhnt.</translation>
    </message>
    <message>
        <source>%1 mails, %2 steps in %3</source>
        <translation>%1 Mails, %2 Schritte in %3</translation>
    </message>
    <message>
        <source>%1 tokens/s</source>
        <translation>%1 Token/s</translation>
    </message>
    <message>
        <source>at most %1 of memory</source>
        <translation>höchstens %1 Speicher</translation>
    </message>
    <message>
        <source> · </source>
        <translation> · </translation>
    </message>
    <message>
        <source>Versions</source>
        <translation>Versionen</translation>
    </message>
    <message>
        <source>&amp;Use this version</source>
        <translation>Diese Version &amp;nutzen</translation>
    </message>
    <message>
        <source>Paused: the computer runs on its battery</source>
        <translation>Pause: der Rechner läuft mit Akku</translation>
    </message>
    <message>
        <source>Train on battery an&amp;yway</source>
        <translation>Trotzdem mit A&amp;kku trainieren</translation>
    </message>
</context>
<context>
    <name>sancho::desktop::VersionListModel</name>
    <message>
        <source> (in use)</source>
        <translation> (in Gebrauch)</translation>
    </message>
    <message>
        <source>%1, %2
perplexity %3 → %4</source>
        <translation>%1, %2
Perplexität %3 → %4</translation>
    </message>
    <message>
        <source>Without training</source>
        <translation>Ohne Training</translation>
    </message>
</context>
<context>
    <name>sancho::desktop::WelcomePage</name>
    <message>
        <source>Welcome to Sancho</source>
        <translation>Willkommen bei Sancho</translation>
    </message>
    <message>
        <source>Say in a few words what you want to tell someone; Sancho drafts the mail the way you would have written it.</source>
        <translation>Sagen Sie mit ein paar Worten, was Sie mitteilen wollen; Sancho entwirft die Mail so, wie Sie sie geschrieben hätten.</translation>
    </message>
    <message>
        <source>It learns from mail you have already sent. Next, choose where that mail lies.</source>
        <translation>Sancho lernt aus Mail, die Sie schon gesendet haben. Als Nächstes wählen Sie, wo sie liegt.</translation>
    </message>
    <message>
        <source>Everything stays on this computer. Sancho never goes online, and your mailbox files are only read, never changed.</source>
        <translation>Alles bleibt auf diesem Rechner. Sancho geht nie ins Netz, und Ihre Postfächer werden nur gelesen, nie verändert.</translation>
    </message>
    <message>
        <source>You have the last word: a draft is yours to edit, copy or throw away. Sancho sends nothing.</source>
        <translation>Sie haben das letzte Wort: Ein Entwurf gehört Ihnen, zum Ändern, Kopieren oder Wegwerfen. Sancho sendet nichts.</translation>
    </message>
</context>
<context>
    <name>sancho::desktop::WritePage</name>
    <message>
        <source>Write</source>
        <translation>Schreiben</translation>
    </message>
    <message>
        <source>Instruction</source>
        <translation>Anweisung</translation>
    </message>
    <message>
        <source>What should the mail say? For example: thank Maria for the figures, ask for the missing March numbers by Friday</source>
        <translation>Was soll in der Mail stehen? Zum Beispiel: Maria für die Zahlen danken, bis Freitag um die fehlenden vom März bitten</translation>
    </message>
    <message>
        <source>To: a name or an address</source>
        <translation>An: ein Name oder eine Adresse</translation>
    </message>
    <message>
        <source>Recipient</source>
        <translation>Empfänger</translation>
    </message>
    <message>
        <source>&amp;Answer a mail…</source>
        <translation>Mail be&amp;antworten…</translation>
    </message>
    <message>
        <source>Write a new mail instead of an answer</source>
        <translation>Eine neue Mail statt einer Antwort schreiben</translation>
    </message>
    <message>
        <source>O&amp;ptions</source>
        <translation>O&amp;ptionen</translation>
    </message>
    <message>
        <source>With &amp;my personal model</source>
        <translation>Mit &amp;meinem Modell</translation>
    </message>
    <message>
        <source>Write it twice, side by side: with and without your personal model</source>
        <translation>Zweimal schreiben, nebeneinander: mit und ohne Ihr persönliches Modell</translation>
    </message>
    <message>
        <source>&amp;Draft</source>
        <translation>&amp;Entwerfen</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Kopiert</translation>
    </message>
    <message>
        <source>Related mail</source>
        <translation>Verwandte Mail</translation>
    </message>
    <message>
        <source>Drafts</source>
        <translation>Entwürfe</translation>
    </message>
    <message>
        <source>Mail of yours that a draft draws on is shown here.</source>
        <translation>Hier steht Ihre Mail, auf die sich ein Entwurf stützt.</translation>
    </message>
    <message>
        <source>Fine-tune on your mail first: it takes a few minutes</source>
        <translation>Erst mit Ihrer Mail trainieren: es dauert wenige Minuten</translation>
    </message>
    <message>
        <source>(no subject)</source>
        <translation>(kein Betreff)</translation>
    </message>
    <message>
        <source>Answers “%1”</source>
        <translation>Antwortet auf „%1“</translation>
    </message>
    <message>
        <source>Say in a few words what the mail should say, then press Draft.</source>
        <translation>Sagen Sie mit ein paar Worten, was in der Mail stehen soll, und drücken Sie Entwerfen.</translation>
    </message>
    <message>
        <source>Reading what belongs to it…</source>
        <translation>Liest, was dazugehört…</translation>
    </message>
    <message>
        <source>Writing…</source>
        <translation>Schreibt…</translation>
    </message>
    <message>
        <source>Nothing in your mail was close to this one.</source>
        <translation>Nichts in Ihrer Mail kam dieser nahe.</translation>
    </message>
    <message>
        <source>built-in</source>
        <translation>eingebaut</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>Angehalten</translation>
    </message>
    <message>
        <source>Stopped · </source>
        <translation>Angehalten · </translation>
    </message>
    <message>
        <source>First words after %1 ms · %2 tokens/s · %3</source>
        <translation>Erste Worte nach %1 ms · %2 Token/s · %3</translation>
    </message>
    <message>
        <source>&amp;Stop</source>
        <translation>&amp;Anhalten</translation>
    </message>
    <message>
        <source>Stop writing (Esc)</source>
        <translation>Aufhören zu schreiben (Esc)</translation>
    </message>
    <message>
        <source>Write the draft (Ctrl+Enter)</source>
        <translation>Den Entwurf schreiben (Strg+Eingabe)</translation>
    </message>
    <message>
        <source>With your personal model</source>
        <translation>Mit Ihrem Modell</translation>
    </message>
    <message>
        <source>Without it</source>
        <translation>Ohne</translation>
    </message>
    <message>
        <source>Save the draft</source>
        <translation>Entwurf speichern</translation>
    </message>
    <message>
        <source>Draft</source>
        <translation>Entwurf</translation>
    </message>
    <message>
        <source>Mail (*.eml)</source>
        <translation>Mail (*.eml)</translation>
    </message>
    <message>
        <source>Saved %1</source>
        <translation>%1 gesichert</translation>
    </message>
    <message>
        <source>Kept in drafts</source>
        <translation>Bei den Entwürfen</translation>
    </message>
    <message>
        <source>&amp;Compare</source>
        <translation>&amp;Vergleichen</translation>
    </message>
</context>
</TS>
