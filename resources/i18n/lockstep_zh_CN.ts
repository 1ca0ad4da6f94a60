<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>About</name>
    <message>
        <source>About Lockstep</source>
        <translation>关于 Lockstep</translation>
    </message>
    <message>
        <source>Shows what Python threads, processes and coroutines really do. MIT licence.</source>
        <translation>展示 Python 的线程、进程和协程究竟在做什么。MIT 许可证。</translation>
    </message>
</context>
<context>
    <name>Actions</name>
    <message>
        <source>Projector</source>
        <extracomment>What text fields of X11 take for editing (to the end of the line; delete up to it) and nobody misses.</extracomment>
        <translation>投影</translation>
    </message>
    <message>
        <source>By hand</source>
        <translation>手动</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Step by hand</source>
        <translation>手动单步</translation>
    </message>
    <message>
        <source>Open a script …</source>
        <translation>打开脚本…</translation>
    </message>
    <message>
        <source>Open a recording …</source>
        <translation>打开记录…</translation>
    </message>
    <message>
        <source>Save the recording …</source>
        <translation>保存记录…</translation>
    </message>
    <message>
        <source>Close the recording</source>
        <translation>关闭记录</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Copy sentence and figures</source>
        <translation>复制说明和数据</translation>
    </message>
    <message>
        <source>Copy the timeline as a picture</source>
        <translation>将时间线复制为图片</translation>
    </message>
    <message>
        <source>Save the timeline as a picture …</source>
        <translation>把时间线另存为图片…</translation>
    </message>
    <message>
        <source>Undo the last change of tracks or notes</source>
        <translation>撤销对轨道或笔记的上一次更改</translation>
    </message>
    <message>
        <source>Redo it</source>
        <translation>重做</translation>
    </message>
    <message>
        <source>Search scenarios</source>
        <translation>搜索场景</translation>
    </message>
    <message>
        <source>Filter the tracks</source>
        <translation>筛选轨道</translation>
    </message>
    <message>
        <source>Search the recording</source>
        <translation>搜索记录</translation>
    </message>
    <message>
        <source>Next that was found</source>
        <translation>下一个结果</translation>
    </message>
    <message>
        <source>Previous that was found</source>
        <translation>上一个结果</translation>
    </message>
    <message>
        <source>Write a note at the cursor or the range</source>
        <translation>在光标处或所选区间写笔记</translation>
    </message>
    <message>
        <source>Question and parameters</source>
        <translation>问题与参数</translation>
    </message>
    <message>
        <source>Next step of the lesson</source>
        <translation>课程的下一步</translation>
    </message>
    <message>
        <source>Step of the lesson before</source>
        <translation>课程的上一步</translation>
    </message>
    <message>
        <source>Settings …</source>
        <translation>设置…</translation>
    </message>
    <message>
        <source>Menu</source>
        <translation>菜单</translation>
    </message>
    <message>
        <source>Do what the message at the top offers</source>
        <translation>执行顶部消息所提供的操作</translation>
    </message>
    <message>
        <source>Go to the timeline</source>
        <translation>转到时间线</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>快捷键</translation>
    </message>
    <message>
        <source>Show me around</source>
        <translation>带我看看</translation>
    </message>
    <message>
        <source>Licences</source>
        <translation>许可证</translation>
    </message>
    <message>
        <source>About Lockstep</source>
        <translation>关于 Lockstep</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>缩小</translation>
    </message>
    <message>
        <source>Earlier</source>
        <translation>向前（更早）</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>向后（更晚）</translation>
    </message>
    <message>
        <source>Fit the selection</source>
        <translation>缩放到所选</translation>
    </message>
    <message>
        <source>Fit the whole run</source>
        <translation>显示整次运行</translation>
    </message>
    <message>
        <source>Back to where you were</source>
        <translation>回到之前的位置</translation>
    </message>
    <message>
        <source>Forward again</source>
        <translation>再次前进</translation>
    </message>
    <message>
        <source>Previous span</source>
        <translation>上一个时段</translation>
    </message>
    <message>
        <source>Next span</source>
        <translation>下一个时段</translation>
    </message>
    <message>
        <source>Track above</source>
        <translation>上一条轨道</translation>
    </message>
    <message>
        <source>Track below</source>
        <translation>下一条轨道</translation>
    </message>
    <message>
        <source>Pin the selected track to the top, or unpin it</source>
        <translation>把选中的轨道固定在顶部，或取消固定</translation>
    </message>
    <message>
        <source>Hide the selected track</source>
        <translation>隐藏选中的轨道</translation>
    </message>
    <message>
        <source>Show hidden tracks again</source>
        <translation>重新显示隐藏的轨道</translation>
    </message>
    <message>
        <source>Collapse or expand the selected track</source>
        <translation>折叠或展开选中的轨道</translation>
    </message>
    <message>
        <source>Collapse or expand all processes</source>
        <translation>折叠或展开所有进程</translation>
    </message>
    <message>
        <source>Move the selected track up</source>
        <translation>上移选中的轨道</translation>
    </message>
    <message>
        <source>Move the selected track down</source>
        <translation>下移选中的轨道</translation>
    </message>
    <message>
        <source>Start of the run</source>
        <translation>运行的开头</translation>
    </message>
    <message>
        <source>End of the run, follow live</source>
        <translation>运行的末尾，跟随实时</translation>
    </message>
    <message>
        <source>Select the span&apos;s time as a range</source>
        <translation>将时段的时间选为区间</translation>
    </message>
    <message>
        <source>Taller tracks</source>
        <translation>加高轨道</translation>
    </message>
    <message>
        <source>Lower tracks</source>
        <translation>降低轨道</translation>
    </message>
    <message>
        <source>Play or pause</source>
        <translation>播放或暂停</translation>
    </message>
    <message>
        <source>Next step</source>
        <translation>下一步</translation>
    </message>
    <message>
        <source>Previous step</source>
        <translation>上一步</translation>
    </message>
    <message>
        <source>First step</source>
        <translation>第一步</translation>
    </message>
    <message>
        <source>Last step</source>
        <translation>最后一步</translation>
    </message>
    <message>
        <source>Next mark</source>
        <translation>下一个标记</translation>
    </message>
    <message>
        <source>Previous mark</source>
        <translation>上一个标记</translation>
    </message>
    <message>
        <source>Faster</source>
        <translation>更快</translation>
    </message>
    <message>
        <source>Slower</source>
        <translation>更慢</translation>
    </message>
    <message>
        <source>Repeat the selected range</source>
        <translation>循环播放所选区间</translation>
    </message>
    <message>
        <source>Stop at all events</source>
        <translation>在每个事件处停下</translation>
    </message>
    <message>
        <source>Stop at the selected track alone</source>
        <translation>只在所选轨道的事件处停下</translation>
    </message>
    <message>
        <source>List of scenarios</source>
        <translation>场景列表</translation>
    </message>
    <message>
        <source>Code and output</source>
        <translation>代码与输出</translation>
    </message>
    <message>
        <source>Figures</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>As the desktop</source>
        <translation>跟随桌面</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Larger text</source>
        <translation>放大文字</translation>
    </message>
    <message>
        <source>Smaller text</source>
        <translation>缩小文字</translation>
    </message>
    <message>
        <source>Ordinary size of text</source>
        <translation>文字恢复原大小</translation>
    </message>
    <message>
        <source>Leave the projector</source>
        <translation>退出投影</translation>
    </message>
    <message>
        <source>Black screen, on a projector</source>
        <translation>黑屏（投影时）</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步骤</translation>
    </message>
    <message>
        <source>Tracks</source>
        <translation>轨道</translation>
    </message>
    <message>
        <source>Going around</source>
        <translation>跳转</translation>
    </message>
    <message>
        <source>View</source>
        <translation>视图</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>帮助</translation>
    </message>
</context>
<context>
    <name>Announcements</name>
    <message>
        <source>Show it</source>
        <translation>查看</translation>
    </message>
    <message>
        <source>Stop the program</source>
        <translation>停止程序</translation>
    </message>
    <message>
        <source>Copy details</source>
        <translation>复制详情</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Close this message</source>
        <translation>关闭此消息</translation>
    </message>
</context>
<context>
    <name>Blank</name>
    <message>
        <source>The screen is black; any key brings the picture back</source>
        <extracomment>The ring&apos;s diameter, as a share of the screen&apos;s height. How often the pointer is looked for: widgets without mouse tracking tell nobody where it is.</extracomment>
        <translation>屏幕已变黑；按任意键恢复画面</translation>
    </message>
</context>
<context>
    <name>ByHand</name>
    <message>
        <source>Line</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Instruction</source>
        <translation>指令</translation>
    </message>
    <message>
        <source>Until it waits</source>
        <translation>直到等待</translation>
    </message>
    <message>
        <source>Shared access</source>
        <translation>共享访问</translation>
    </message>
    <message>
        <source>A thread goes on to its next line</source>
        <translation>线程运行到它的下一行</translation>
    </message>
    <message>
        <source>A thread does one bytecode instruction</source>
        <translation>线程执行一条字节码指令</translation>
    </message>
    <message>
        <source>A thread goes on until it waits for something, or ends</source>
        <translation>线程一直运行，直到它等待什么或结束</translation>
    </message>
    <message>
        <source>A thread reads, computes or writes once something that others see as well</source>
        <translation>线程对别人也看得到的东西做一次读取、计算或写入</translation>
    </message>
    <message>
        <source>nobody known</source>
        <translation>不知道是谁</translation>
    </message>
    <message>
        <source>compute ( {sign} )</source>
        <translation>计算 ( {sign} )</translation>
    </message>
    <message>
        <source>, </source>
        <comment>between names</comment>
        <translation>、</translation>
    </message>
    <message>
        <source>Main process</source>
        <translation>主进程</translation>
    </message>
    <message>
        <source>Process {name} (has ended)</source>
        <translation>进程 {name}（已结束）</translation>
    </message>
    <message>
        <source>Process {name}</source>
        <translation>进程 {name}</translation>
    </message>
    <message>
        <source>{process} has its own: {values}</source>
        <translation>{process} 有自己的一份：{values}</translation>
    </message>
    <message>
        <source>Runs free, not held here: {names}. Only processes that are forked or spawned are held.</source>
        <translation>自由运行，不受控制：{names}。只有由 fork 或 spawn 启动的进程受控。</translation>
    </message>
    <message>
        <source>can go</source>
        <translation>可以走</translation>
    </message>
    <message>
        <source>waits</source>
        <translation>在等待</translation>
    </message>
    <message>
        <source>is starting</source>
        <translation>正在启动</translation>
    </message>
    <message>
        <source>has not come back</source>
        <translation>还没回来</translation>
    </message>
    <message>
        <source>has ended</source>
        <translation>已结束</translation>
    </message>
    <message>
        <source>next: read {name}</source>
        <translation>下一步：读取 {name}</translation>
    </message>
    <message>
        <source>next: write {name}</source>
        <translation>下一步：写入 {name}</translation>
    </message>
    <message>
        <source>next: {what}</source>
        <translation>下一步：{what}</translation>
    </message>
    <message>
        <source>this Python may switch here by itself</source>
        <translation>这个 Python 会自己在此切换</translation>
    </message>
    <message>
        <source>only by hand: this Python does not switch here</source>
        <translation>只有手动才行：这个 Python 不会在此切换</translation>
    </message>
    <message>
        <source>until {what} ends</source>
        <translation>{what} 结束</translation>
    </message>
    <message>
        <source>until something comes out of {what}</source>
        <translation>{what} 中有数据可读</translation>
    </message>
    <message>
        <source>until there is room in {what}</source>
        <translation>{what} 有空间可写</translation>
    </message>
    <message>
        <source>until one of several things has come</source>
        <translation>若干事件之一到来</translation>
    </message>
    <message>
        <source>until the others have ended</source>
        <translation>其他线程和进程结束</translation>
    </message>
    <message>
        <source>sleeps</source>
        <translation>休眠结束</translation>
    </message>
    <message>
        <source>for {what}; {owner} has it</source>
        <translation>{what}；{owner} 持有它</translation>
    </message>
    <message>
        <source>for {what}</source>
        <translation>{what}</translation>
    </message>
    <message>
        <source>a lock</source>
        <translation>锁</translation>
    </message>
    <message>
        <source>a condition</source>
        <translation>条件变量</translation>
    </message>
    <message>
        <source>an event</source>
        <translation>事件</translation>
    </message>
    <message>
        <source>a barrier</source>
        <translation>屏障</translation>
    </message>
    <message>
        <source>a semaphore</source>
        <translation>信号量</translation>
    </message>
    <message>
        <source>a queue</source>
        <translation>队列</translation>
    </message>
    <message>
        <source>a future</source>
        <translation>future</translation>
    </message>
    <message>
        <source>a pipe</source>
        <translation>管道</translation>
    </message>
    <message>
        <source>another process</source>
        <translation>另一个进程</translation>
    </message>
    <message>
        <source>{who} read {name}: {value}</source>
        <translation>{who} 读取 {name}：{value}</translation>
    </message>
    <message>
        <source>{who} wrote {name}: {value}</source>
        <translation>{who} 写入 {name}：{value}</translation>
    </message>
    <message>
        <source>{who} is held. Press 0 until it has started the others.</source>
        <translation>{who} 被按住。按 0 让它走，直到它启动其他线程。</translation>
    </message>
    <message>
        <source>Every thread is held. You choose who goes next.</source>
        <translation>每个线程都被按住。由你选择下一个走的是谁。</translation>
    </message>
    <message>
        <source>The event loop is free. You choose which task goes next.</source>
        <translation>事件循环空闲。由你选择下一个走的任务。</translation>
    </message>
    <message>
        <source>The task went on. You choose who goes next.</source>
        <translation>任务走了一步。由你选择下一个走的是谁。</translation>
    </message>
    <message>
        <source>. </source>
        <comment>between two sentences</comment>
        <translation>。</translation>
    </message>
    <message>
        <source>.</source>
        <translation>。</translation>
    </message>
    <message>
        <source>You choose who goes next.</source>
        <translation>由你选择下一个走的是谁。</translation>
    </message>
    <message>
        <source>{who} sleeps.</source>
        <translation>{who} 在休眠。</translation>
    </message>
    <message>
        <source>{who} waits {what}.</source>
        <translation>{who} 在等 {what}。</translation>
    </message>
    <message>
        <source>{who} has ended.</source>
        <translation>{who} 已结束。</translation>
    </message>
    <message>
        <source>{who} was let go and has not come back: it computes or waits where it cannot be held.</source>
        <translation>{who} 被放行后还没回来：它在无法按住的地方计算或等待。</translation>
    </message>
    <message>
        <source>{who}, line {line}: {what} is done.</source>
        <translation>{who}，第 {line} 行：{what} 已完成。</translation>
    </message>
    <message>
        <source>{who} went on to line {line}.</source>
        <translation>{who} 走到了第 {line} 行。</translation>
    </message>
    <message>
        <source>Nobody can go on: {who} wait for something that nobody will do any more.</source>
        <translation>谁也无法继续：{who} 等待的事再也不会有人去做。</translation>
    </message>
    <message>
        <source>{who} waits {what}</source>
        <translation>{who} 在等 {what}</translation>
    </message>
    <message>
        <source>; </source>
        <comment>between links</comment>
        <translation>；</translation>
    </message>
    <message>
        <source>Deadlock: {links}.</source>
        <translation>死锁：{links}。</translation>
    </message>
    <message>
        <source>The program has ended. Nothing went wrong with these choices.</source>
        <translation>程序已结束。按这些选择没有出错。</translation>
    </message>
    <message>
        <source>Your choices broke it: {error}</source>
        <translation>你的选择让它出错了：{error}</translation>
    </message>
    <message>
        <source>It ended with an exception: {error}</source>
        <translation>它因异常而结束：{error}</translation>
    </message>
    <message>
        <source>It was stopped: too many steps.</source>
        <translation>已停止：步数太多。</translation>
    </message>
    <message>
        <source>The program did not do the same again: these choices do not fit it.</source>
        <translation>程序这次的行为不同：这些选择与它不符。</translation>
    </message>
    <message>
        <source>The program was stopped.</source>
        <translation>程序已被停止。</translation>
    </message>
    <message>
        <source>The program died by signal {number}.</source>
        <translation>程序因信号 {number} 而终止。</translation>
    </message>
    <message>
        <source>The program ended with status {code}.</source>
        <translation>程序结束，状态为 {code}。</translation>
    </message>
    <message>
        <source>1 schedule tried in {seconds} s: {rate} a second. It does not break it.</source>
        <translation>{seconds} 秒内试了 1 个调度：每秒 {rate} 个。它没有出错。</translation>
    </message>
    <message>
        <source>{count} schedules tried in {seconds} s: {rate} a second. None breaks it so far.</source>
        <translation>{seconds} 秒内试了 {count} 个调度：每秒 {rate} 个。到目前为止都没有出错。</translation>
    </message>
    <message>
        <source>Found in the first schedule: {what}, with {switches}.</source>
        <translation>第一个调度就找到了：{what}，{switches}。</translation>
    </message>
    <message>
        <source>Found after {count} schedules: {what}, with {switches}.</source>
        <translation>试了 {count} 个调度后找到：{what}，{switches}。</translation>
    </message>
    <message>
        <source>1 forced switch</source>
        <translation>强制切换 1 次</translation>
    </message>
    <message>
        <source>{count} forced switches</source>
        <translation>强制切换 {count} 次</translation>
    </message>
    <message>
        <source>Step through it with the arrow keys.</source>
        <translation>用方向键逐步查看。</translation>
    </message>
    <message>
        <source> </source>
        <comment>between two sentences</comment>
        <translation>​</translation>
    </message>
    <message>
        <source>Nothing breaks it: all schedules are covered, for these inputs, switching at reads and writes of shared variables. Run: {count}.</source>
        <translation>没有调度能让它出错：对于这些输入，在读写共享变量处切换的所有调度都已覆盖。运行了 {count} 个。</translation>
    </message>
    <message>
        <source>1 preemption</source>
        <translation>1 次</translation>
    </message>
    <message>
        <source>{count} preemptions</source>
        <translation>{count} 次</translation>
    </message>
    <message>
        <source>Nothing breaks it: all schedules with at most {bound} are covered, for these inputs, switching at reads and writes of shared variables. Run: {count}.</source>
        <translation>没有调度能让它出错：对于这些输入，在读写共享变量处切换、抢占不超过 {bound}的所有调度都已覆盖。运行了 {count} 个。</translation>
    </message>
    <message>
        <source>Nothing found in 1 schedule. There are more: this proves nothing.</source>
        <translation>在 1 个调度中没有发现问题。还有更多调度：这证明不了什么。</translation>
    </message>
    <message>
        <source>Nothing found in {count} schedules. There are more: this proves nothing.</source>
        <translation>在 {count} 个调度中没有发现问题。还有更多调度：这证明不了什么。</translation>
    </message>
    <message>
        <source>a check that fails</source>
        <translation>检查不通过</translation>
    </message>
    <message>
        <source>a deadlock</source>
        <translation>死锁</translation>
    </message>
    <message>
        <source>a value that another order makes different</source>
        <translation>换一种顺序就不同的值</translation>
    </message>
    <message>
        <source>an exception</source>
        <translation>异常</translation>
    </message>
</context>
<context>
    <name>ByHandView</name>
    <message>
        <source>Undo</source>
        <extracomment>Choices that are shown; older ones can be undone as well. choices that are stepped through, and which of them are the decisive ones</extracomment>
        <translation>撤销</translation>
    </message>
    <message>
        <source>One choice back: the program runs again with the same choices before it (Ctrl+Z)</source>
        <translation>退回一个选择：程序按之前的选择重新运行（Ctrl+Z）</translation>
    </message>
    <message>
        <source>Start over</source>
        <translation>重新开始</translation>
    </message>
    <message>
        <source>Run it again from the beginning</source>
        <translation>从头再运行一次</translation>
    </message>
    <message>
        <source>Let the class vote</source>
        <translation>全班投票</translation>
    </message>
    <message>
        <source>Digits and clicks count votes; Return lets the thread with the most votes go</source>
        <translation>数字键和点击计票；按回车让得票最多的线程走</translation>
    </message>
    <message>
        <source>Count the votes</source>
        <translation>计票</translation>
    </message>
    <message>
        <source>Choices</source>
        <translation>选择</translation>
    </message>
    <message>
        <source>Kept as a schedule with a name, to be replayed and shared</source>
        <translation>存为有名字的调度，可以重放和分享</translation>
    </message>
    <message>
        <source>Save the choices …</source>
        <translation>保存选择…</translation>
    </message>
    <message>
        <source>Keep in a recording …</source>
        <translation>放进记录文件…</translation>
    </message>
    <message>
        <source>Open choices …</source>
        <translation>打开选择…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>End the program and go back</source>
        <translation>结束程序并返回</translation>
    </message>
    <message>
        <source>Shared:</source>
        <translation>共享：</translation>
    </message>
    <message>
        <source>Reads and writes</source>
        <translation>读取与写入</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>输出</translation>
    </message>
    <message>
        <source>Running by hand</source>
        <translation>手动运行</translation>
    </message>
    <message>
        <source>By hand: {name}</source>
        <translation>手动：{name}</translation>
    </message>
    <message>
        <source>The program starts. What its threads share is being looked for …</source>
        <translation>程序正在启动，正在查找各线程共享的东西…</translation>
    </message>
    <message>
        <source>ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>line {line}</source>
        <translation>第 {line} 行</translation>
    </message>
    <message>
        <source>has loaded {values}</source>
        <translation>已读入 {values}</translation>
    </message>
    <message>
        <source>Click, or press {digit}</source>
        <translation>点击，或按 {digit}</translation>
    </message>
    <message>
        <source>Click</source>
        <translation>点击</translation>
    </message>
    <message>
        <source>{who} not back</source>
        <translation>{who} 还没回来</translation>
    </message>
    <message>
        <source>{who} next</source>
        <translation>{who} 将到此</translation>
    </message>
    <message>
        <source>Schedules and recordings (*.json *.lockstep)</source>
        <translation>调度与记录 (*.json *.lockstep)</translation>
    </message>
    <message>
        <source>{who} waits</source>
        <translation>{who} 在等</translation>
    </message>
    <message>
        <source>Choices so far ({count}):</source>
        <translation>已做的选择（{count}）：</translation>
    </message>
    <message>
        <source>A click goes back to right after that choice</source>
        <translation>点击可退回到刚做完那个选择的时候</translation>
    </message>
    <message>
        <source>Looking for a schedule that breaks it …</source>
        <translation>正在寻找让它出错的调度…</translation>
    </message>
    <message>
        <source>Stop looking</source>
        <translation>停止寻找</translation>
    </message>
    <message>
        <source>Break it</source>
        <translation>让它出错</translation>
    </message>
    <message>
        <source>Find a schedule that breaks this</source>
        <translation>找一个让它出错的调度</translation>
    </message>
    <message>
        <source>Runs the program again and again, each time in another order of its threads</source>
        <translation>一次又一次运行程序，每次换一种线程顺序</translation>
    </message>
    <message>
        <source>No votes yet, or as many for two of them</source>
        <translation>还没有票，或票数相同</translation>
    </message>
    <message>
        <source>Save the choices</source>
        <translation>保存选择</translation>
    </message>
    <message>
        <source>Name of the schedule</source>
        <translation>调度的名字</translation>
    </message>
    <message>
        <source>Schedules (*.json)</source>
        <translation>调度（*.json）</translation>
    </message>
    <message>
        <source>Keep the choices in a recording</source>
        <translation>把选择放进记录文件</translation>
    </message>
    <message>
        <source>Recordings (*.lockstep)</source>
        <translation>记录 (*.lockstep)</translation>
    </message>
    <message>
        <source>Open choices</source>
        <translation>打开选择</translation>
    </message>
</context>
<context>
    <name>ChoiceRow</name>
    <message>
        <source>Votes for answer {number}</source>
        <translation>选择答案 {number} 的票数</translation>
    </message>
</context>
<context>
    <name>Choices</name>
    <message>
        <source>My answer</source>
        <translation>我的答案</translation>
    </message>
    <message>
        <source>Votes of the class</source>
        <translation>全班投票</translation>
    </message>
    <message>
        <source>One answer; another click changes it</source>
        <translation>只选一个答案；再点别的就改选</translation>
    </message>
    <message>
        <source>Each click on an answer, or its digit, is one vote; or type a number behind it. Nobody sees the votes before the vote is closed.</source>
        <translation>每点一次答案，或按一次它的数字键，就是一票；也可以在后面输入票数。投票结束前谁也看不到票数。</translation>
    </message>
    <message>
        <source>Who answers</source>
        <translation>谁来回答</translation>
    </message>
    <message>
        <source>Take the last one back</source>
        <translation>撤回上一票</translation>
    </message>
    <message>
        <source>Close the vote</source>
        <translation>结束投票</translation>
    </message>
    <message>
        <source>Shows how the class voted; nothing runs yet</source>
        <translation>显示全班的投票结果；程序还不运行</translation>
    </message>
    <message>
        <source>Vote anew</source>
        <translation>重新投票</translation>
    </message>
    <message>
        <source>Forgets these votes, for another class</source>
        <translation>清除这些票，用于另一个班</translation>
    </message>
    <message numerus="yes">
        <source>%n vote(s)</source>
        <translation>
            <numerusform>%n 票</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CodePanel</name>
    <message>
        <source>{what}, after line {line}</source>
        <translation>{what}，第 {line} 行后</translation>
    </message>
    <message>
        <source>{who} run</source>
        <translation>{who} 在运行</translation>
    </message>
    <message>
        <source>{who} runs</source>
        <translation>{who} 在运行</translation>
    </message>
    <message>
        <source>{who} run outside the GIL</source>
        <translation>{who} 在 GIL 之外运行</translation>
    </message>
    <message>
        <source>{who} runs outside the GIL</source>
        <translation>{who} 在 GIL 之外运行</translation>
    </message>
    <message>
        <source>{who} sleep</source>
        <translation>{who} 在休眠</translation>
    </message>
    <message>
        <source>{who} sleeps</source>
        <translation>{who} 在休眠</translation>
    </message>
    <message>
        <source>{who} ready</source>
        <translation>{who} 就绪</translation>
    </message>
    <message>
        <source>{who} await</source>
        <translation>{who} 在等待</translation>
    </message>
    <message>
        <source>{who} awaits</source>
        <translation>{who} 在等待</translation>
    </message>
    <message>
        <source>{who} not seen</source>
        <translation>{who} 未观察到</translation>
    </message>
    <message>
        <source>{who} start</source>
        <translation>{who} 在启动</translation>
    </message>
    <message>
        <source>{who} starts</source>
        <translation>{who} 在启动</translation>
    </message>
    <message>
        <source>{who} wait</source>
        <translation>{who} 在等待</translation>
    </message>
    <message>
        <source>{who} waits</source>
        <translation>{who} 在等待</translation>
    </message>
    <message>
        <source>The code of the program appears here.</source>
        <translation>程序的代码会显示在这里。</translation>
    </message>
    <message>
        <source>Source code</source>
        <translation>源代码</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
</context>
<context>
    <name>Comparison</name>
    <message>
        <source>One after the other</source>
        <translation>一个接一个</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>线程</translation>
    </message>
    <message>
        <source>Thread pool</source>
        <translation>线程池</translation>
    </message>
    <message>
        <source>Processes</source>
        <translation>进程</translation>
    </message>
    <message>
        <source>Process pool</source>
        <translation>进程池</translation>
    </message>
    <message>
        <source>Coroutines</source>
        <translation>协程</translation>
    </message>
</context>
<context>
    <name>ComparisonPage</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>The table as text</source>
        <translation>把表格复制为文本</translation>
    </message>
    <message>
        <source>How it went</source>
        <translation>过程</translation>
    </message>
    <message>
        <source>One more run of each way, observed, on one axis of time: its threads, or its tasks. Being observed takes time, so the figures above are not from these. A click opens the run.</source>
        <translation>每种做法再运行一次，这次有观察，画在同一条时间轴上：它的线程，或任务。观察本身要花时间，所以上面的数字不取自这些运行。点击可打开该次运行。</translation>
    </message>
    <message>
        <source>The six ways take turns</source>
        <translation>六种做法轮流进行</translation>
    </message>
    <message>
        <source>Every way does the same {pieces} pieces of work, again and again, and nothing observes it. Leave the computer alone meanwhile: whatever else it does takes time from one of them.</source>
        <translation>每种做法都一遍又一遍地完成同样的 {pieces} 份工作，不做观察。这期间请不要使用电脑：它做的任何别的事都会占用其中某一种做法的时间。</translation>
    </message>
    <message>
        <source>Stopping after this run …</source>
        <translation>这次运行结束后停止…</translation>
    </message>
    <message>
        <source>Warming up: {way}</source>
        <translation>预热：{way}</translation>
    </message>
    <message>
        <source>Measuring: {way}</source>
        <translation>测量：{way}</translation>
    </message>
    <message>
        <source>Once more, observed: {way}</source>
        <translation>再运行一次并观察：{way}</translation>
    </message>
    <message>
        <source>Starting …</source>
        <translation>正在启动…</translation>
    </message>
    <message>
        <source>Cancelled. Nothing goes on.</source>
        <translation>已取消，没有程序在运行。</translation>
    </message>
    <message>
        <source>Medians; runs of each way: {runs}, that nothing observed, taking turns, after rounds to warm up; Python {version}, cores: {cores}. The same figures without a window: {command}</source>
        <translation>每种做法运行 {runs} 次、不做观察、轮流进行、先经过预热，取中位数；Python {version}，{cores} 核。不用窗口也能得到同样的数字：{command}</translation>
    </message>
</context>
<context>
    <name>CrashDialog</name>
    <message>
        <source>Something went wrong</source>
        <translation>出错了</translation>
    </message>
    <message>
        <source>Something went wrong in Lockstep</source>
        <translation>Lockstep 出错了</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
    <message>
        <source>Copy the report</source>
        <translation>复制报告</translation>
    </message>
    <message>
        <source>Close Lockstep</source>
        <translation>关闭 Lockstep</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>This is a fault of Lockstep, not of your program: {fault}</source>
        <translation>这是 Lockstep 的错误，不是你的程序的错误：{fault}</translation>
    </message>
    <message>
        <source>What was recorded is on the disk, in {folder}. If Lockstep ends now, it is offered again at the next start.</source>
        <translation>已记录的内容保存在磁盘上：{folder}。如果现在关闭 Lockstep，下次启动时可以重新打开。</translation>
    </message>
    <message>
        <source>No recording was open that is not saved; nothing of yours is lost.</source>
        <translation>没有未保存的记录，你没有丢失任何东西。</translation>
    </message>
    <message>
        <source>The report names versions and places in Lockstep&apos;s code. Nothing was sent anywhere.</source>
        <translation>报告中只有版本号和 Lockstep 代码中的位置。没有向任何地方发送任何内容。</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
</context>
<context>
    <name>Deadlock</name>
    <message>
        <source>{who} waits for {lock}, which {owner} has ({place})</source>
        <translation>{who} 在等 {lock}，而它被 {owner} 持有（{place}）</translation>
    </message>
    <message>
        <source>{who} waits for {lock}, which {owner} has</source>
        <translation>{who} 在等 {lock}，而它被 {owner} 持有</translation>
    </message>
    <message>
        <source>; </source>
        <comment>between the clauses of a sentence</comment>
        <translation>；</translation>
    </message>
    <message>
        <source>Deadlock: {links}.</source>
        <translation>死锁：{links}。</translation>
    </message>
    <message>
        <source>{lock} (line {line})</source>
        <translation>{lock}（第 {line} 行）</translation>
    </message>
    <message>
        <source>Deadlock: {links}</source>
        <translation>死锁：{links}</translation>
    </message>
</context>
<context>
    <name>Drawer</name>
    <message>
        <source>Tracks</source>
        <translation>轨道</translation>
    </message>
    <message>
        <source>Locks</source>
        <translation>锁</translation>
    </message>
    <message>
        <source>Tasks</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Longest waits</source>
        <translation>最长的等待</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>笔记</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Figures</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Whole run</source>
        <translation>整次运行</translation>
    </message>
    <message>
        <source>Let the selected range go: figures of the whole run</source>
        <translation>取消所选区间：显示整次运行的数据</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy the table as text, tab separated; of several selected rows only those (Ctrl+C)</source>
        <translation>把表格复制为以制表符分隔的文本；选中多行时只复制这些行 (Ctrl+C)</translation>
    </message>
    <message>
        <source>Close the figures</source>
        <translation>关闭数据</translation>
    </message>
    <message>
        <source>Close the figures (Esc)</source>
        <translation>关闭数据 (Esc)</translation>
    </message>
    <message>
        <source>Whole run, {time}</source>
        <translation>整次运行，{time}</translation>
    </message>
    <message>
        <source>Selected: {start} to {end}, {time}</source>
        <translation>所选：{start} 到 {end}，{time}</translation>
    </message>
    <message>
        <source>Shares</source>
        <translation>占比</translation>
    </message>
    <message>
        <source>Times</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Shares of the track&apos;s time</source>
        <translation>占该轨道时间的比例</translation>
    </message>
    <message>
        <source>Times instead of shares</source>
        <translation>显示时间而不是占比</translation>
    </message>
    <message>
        <source>No notes yet. N in the timeline writes one at the cursor or over the selected range.</source>
        <translation>还没有笔记。在时间线中按 N，可在光标处或所选区间上写一条。</translation>
    </message>
    <message>
        <source>Run a program or open a recording to see its figures.</source>
        <translation>运行一个程序或打开一份记录，即可看到它的数据。</translation>
    </message>
    <message>
        <source>Nothing of that in the selected range.</source>
        <translation>所选区间内没有这类内容。</translation>
    </message>
    <message>
        <source>The program used no locks of its own.</source>
        <translation>程序没有使用自己的锁。</translation>
    </message>
    <message>
        <source>The program ran no tasks on an event loop.</source>
        <translation>程序没有在事件循环上运行任务。</translation>
    </message>
    <message>
        <source>Nothing waited.</source>
        <translation>没有任何等待。</translation>
    </message>
</context>
<context>
    <name>EditorWindow</name>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Saves it and runs it (Ctrl+R)</source>
        <translation>保存并运行 (Ctrl+R)</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Ctrl+S; nothing else is written over</source>
        <translation>Ctrl+S；不会覆盖别的文件</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>重做</translation>
    </message>
    <message>
        <source>The program</source>
        <translation>程序</translation>
    </message>
    <message>
        <source>{name}, changed</source>
        <translation>{name}，已改动</translation>
    </message>
    <message>
        <source>A copy. It will be saved in {folder}.</source>
        <translation>这是副本，将保存在 {folder}。</translation>
    </message>
    <message>
        <source>Line {line}: Python {version} cannot read this: {detail}</source>
        <translation>第 {line} 行：Python {version} 读不懂：{detail}</translation>
    </message>
    <message>
        <source>Run once more runs it all the same.</source>
        <translation>再按一次“运行”就照样运行。</translation>
    </message>
    <message>
        <source>It could not be saved: {detail}.</source>
        <translation>无法保存：{detail}。</translation>
    </message>
    <message>
        <source>Saved as {path}.</source>
        <translation>已保存为 {path}。</translation>
    </message>
    <message>
        <source>{name} was changed by another program since.</source>
        <translation>{name} 此后被别的程序改动过。</translation>
    </message>
    <message>
        <source>Saving writes over what stands there.</source>
        <translation>保存会覆盖那里现有的内容。</translation>
    </message>
    <message>
        <source>Write over it</source>
        <translation>覆盖</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>The changes of {name} are not saved.</source>
        <translation>{name} 的改动还没有保存。</translation>
    </message>
    <message>
        <source>Let them go</source>
        <translation>放弃改动</translation>
    </message>
</context>
<context>
    <name>Error</name>
    <message>
        <source>Something went wrong inside Lockstep ({kind}: {detail}). The program itself is not at fault.</source>
        <translation>Lockstep 内部出错（{kind}：{detail}）。这不是程序本身的问题。</translation>
    </message>
    <message>
        <source>The script {path} is not there. Was it moved or renamed?</source>
        <translation>找不到脚本 {path}。它被移动或改名了吗？</translation>
    </message>
    <message>
        <source>{path} is a folder. Choose a Python file in it.</source>
        <translation>{path} 是一个文件夹。请选择其中的一个 Python 文件。</translation>
    </message>
    <message>
        <source>The script {path} cannot be read: {detail}.</source>
        <translation>无法读取脚本 {path}：{detail}。</translation>
    </message>
    <message>
        <source>{path} finds no module named {module}.</source>
        <translation>{path} 找不到名为 {module} 的模块。</translation>
    </message>
    <message>
        <source>The interpreter {path} is not there. Choose another one at the top right.</source>
        <translation>找不到解释器 {path}。请在右上角另选一个。</translation>
    </message>
    <message>
        <source>{path} is not a Python interpreter: {detail}. Choose another one.</source>
        <translation>{path} 不是 Python 解释器：{detail}。请另选一个。</translation>
    </message>
    <message>
        <source>{path} is {implementation}; Lockstep observes CPython only. Choose another one.</source>
        <translation>{path} 是 {implementation}；Lockstep 只能观察 CPython。请另选一个。</translation>
    </message>
    <message>
        <source>{path} is Python {version}; Lockstep observes 3.9 and later. Choose another one.</source>
        <translation>{path} 是 Python {version}；Lockstep 只能观察 3.9 及更高版本。请另选一个。</translation>
    </message>
    <message>
        <source>The folder {path} is not there.</source>
        <translation>找不到文件夹 {path}。</translation>
    </message>
    <message>
        <source>Programs cannot be observed on {system} yet. Recordings made elsewhere can be opened.</source>
        <translation>目前还不能在 {system} 上观察程序。可以打开在别处录制的文件。</translation>
    </message>
    <message>
        <source>The program could not be started under observation: {detail}.</source>
        <translation>无法在观察之下启动程序：{detail}。</translation>
    </message>
    <message>
        <source>The run was stopped because the process that reads it has ended (exit status {status}). What was recorded is whole: save it and open it.</source>
        <translation>运行已停止，因为读取它的进程已经结束（退出状态 {status}）。已记录的内容是完整的：请先保存，再打开。</translation>
    </message>
    <message>
        <source>The comparison could not be made ({way}): {detail}.</source>
        <translation>无法完成比较（{way}）：{detail}。</translation>
    </message>
    <message>
        <source>The folder {path} is not empty. Choose another one.</source>
        <translation>文件夹 {path} 不是空的。请选择另一个。</translation>
    </message>
    <message>
        <source>{path} cannot be run under control: {detail}.</source>
        <translation>无法在受控方式下运行 {path}：{detail}。</translation>
    </message>
    <message>
        <source>Thread {thread} cannot go on now. Choose another one.</source>
        <translation>线程 {thread} 现在不能继续。请选择另一个。</translation>
    </message>
    <message>
        <source>The schedule {path} cannot be read: {detail}.</source>
        <translation>无法读取调度 {path}：{detail}。</translation>
    </message>
    <message>
        <source>The program does not do the same again, at step {step}. The schedule was made on Python {python}.</source>
        <translation>程序在第 {step} 步没有重复同样的行为。此调度是在 Python {python} 上得到的。</translation>
    </message>
    <message>
        <source>{path} is not a schedule that Lockstep understands: {detail}.</source>
        <translation>{path} 不是 Lockstep 能理解的调度：{detail}。</translation>
    </message>
    <message>
        <source>{path} is a recording of {recorded}, not of {program}, which the schedule is for.</source>
        <translation>{path} 是 {recorded} 的记录，而这个调度属于 {program}。</translation>
    </message>
    <message>
        <source>The session folder {path} cannot be used: {detail}.</source>
        <translation>无法使用会话文件夹 {path}：{detail}。</translation>
    </message>
    <message>
        <source>There is no scenario named {scenario}.</source>
        <translation>没有名为 {scenario} 的场景。</translation>
    </message>
    <message>
        <source>The scenario {scenario} cannot be used: {detail}.</source>
        <translation>场景 {scenario} 无法使用：{detail}。</translation>
    </message>
    <message>
        <source>The scenario {scenario} has no parameter {name}; it has: {names}.</source>
        <translation>场景 {scenario} 没有参数 {name}；它有：{names}。</translation>
    </message>
    <message>
        <source>{name} must be {expected}, not {value}.</source>
        <translation>{name} 必须是 {expected}，而不是 {value}。</translation>
    </message>
    <message>
        <source>{name} must be from {low} to {high}, not {value}.</source>
        <translation>{name} 必须在 {low} 到 {high} 之间，而不是 {value}。</translation>
    </message>
    <message>
        <source>{name} must be one of {choices}, not {value}.</source>
        <translation>{name} 必须是 {choices} 之一，而不是 {value}。</translation>
    </message>
    <message>
        <source>The recording {path} is not there. Was it moved or renamed?</source>
        <translation>找不到记录 {path}。它被移动或改名了吗？</translation>
    </message>
    <message>
        <source>The recording {path} cannot be read: {detail}.</source>
        <translation>无法读取记录 {path}：{detail}。</translation>
    </message>
    <message>
        <source>The file {path} is empty.</source>
        <translation>文件 {path} 是空的。</translation>
    </message>
    <message>
        <source>{path} is not a Lockstep recording.</source>
        <translation>{path} 不是 Lockstep 记录。</translation>
    </message>
    <message>
        <source>{path} was written by a newer Lockstep ({detail}). Update Lockstep to open it.</source>
        <translation>{path} 由更新版本的 Lockstep 写成（{detail}）。请更新 Lockstep 后再打开。</translation>
    </message>
    <message>
        <source>{path} is damaged: {detail}.</source>
        <translation>{path} 已损坏：{detail}。</translation>
    </message>
    <message>
        <source>{path} is too large to open here: {detail}.</source>
        <translation>{path} 太大，无法在这里打开：{detail}。</translation>
    </message>
    <message>
        <source>{path} is whole, but Lockstep cannot make sense of it: {detail}. The fault is Lockstep&apos;s.</source>
        <translation>{path} 完好无损，但 Lockstep 无法理解它：{detail}。这是 Lockstep 的问题。</translation>
    </message>
    <message>
        <source>Opening {path} was cancelled.</source>
        <translation>已取消打开 {path}。</translation>
    </message>
    <message>
        <source>{path} exists already.</source>
        <translation>{path} 已存在。</translation>
    </message>
    <message>
        <source>{path} cannot be written: {detail}. Choose another place.</source>
        <translation>无法写入 {path}：{detail}。请另选位置。</translation>
    </message>
</context>
<context>
    <name>FigureTable</name>
    <message>
        <source>against one after the other</source>
        <translation>与一个接一个相比</translation>
    </message>
    <message>
        <source>time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>least to most</source>
        <translation>最小到最大</translation>
    </message>
    <message>
        <source>speed-up</source>
        <translation>加速比</translation>
    </message>
    <message>
        <source>CPU time</source>
        <translation>CPU 时间</translation>
    </message>
    <message>
        <source>start-up</source>
        <translation>启动</translation>
    </message>
    <message>
        <source>memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>The dashed line is one after the other; the thin line spans the middle half of the runs</source>
        <translation>虚线是一个接一个的时间；细线是中间一半运行所在的范围</translation>
    </message>
    <message>
        <source>The median of all measured runs</source>
        <translation>所有测量运行的中位数</translation>
    </message>
    <message>
        <source>How many times as fast as one after the other, by the medians</source>
        <translation>按中位数，是一个接一个的几倍快</translation>
    </message>
    <message>
        <source>Of all processes and threads together</source>
        <translation>所有进程和线程合计</translation>
    </message>
    <message>
        <source>Until the first piece of work begins</source>
        <translation>到第一份工作开始为止</translation>
    </message>
    <message>
        <source>Most memory of all processes together; what they share is counted once</source>
        <translation>所有进程合计的最大内存；共享的部分只算一次</translation>
    </message>
</context>
<context>
    <name>Figures</name>
    <message>
        <source>Track</source>
        <translation>轨道</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>种类</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>How long it was there</source>
        <translation>它存在了多久</translation>
    </message>
    <message>
        <source>Time in this state, of the time the track was there</source>
        <translation>处于此状态的时间，占该轨道存在的时间</translation>
    </message>
    <message>
        <source>held the GIL</source>
        <translation>持有 GIL</translation>
    </message>
    <message>
        <source>Of the time shown; what was not observed counts for nobody</source>
        <translation>占所示时间的比例；未观察到的部分不计入任何线程</translation>
    </message>
    <message>
        <source>got the GIL</source>
        <translation>获得 GIL</translation>
    </message>
    <message>
        <source>How often it was seen to get the GIL</source>
        <translation>观察到它获得 GIL 的次数</translation>
    </message>
    <message>
        <source>Lock</source>
        <translation>锁</translation>
    </message>
    <message>
        <source>acquired</source>
        <translation>获取</translation>
    </message>
    <message>
        <source>How often somebody got it</source>
        <translation>被获取的次数</translation>
    </message>
    <message>
        <source>contended</source>
        <translation>争用</translation>
    </message>
    <message>
        <source>How often somebody had to wait for it</source>
        <translation>不得不等待它的次数</translation>
    </message>
    <message>
        <source>waited for</source>
        <translation>等待</translation>
    </message>
    <message>
        <source>All waits for it together</source>
        <translation>所有等待时间之和</translation>
    </message>
    <message>
        <source>longest wait</source>
        <translation>最长等待</translation>
    </message>
    <message>
        <source>by</source>
        <translation>等待者</translation>
    </message>
    <message>
        <source>Who waited longest</source>
        <translation>谁等得最久</translation>
    </message>
    <message>
        <source>held</source>
        <translation>持有</translation>
    </message>
    <message>
        <source>All holds of it together</source>
        <translation>所有持有时间之和</translation>
    </message>
    <message>
        <source>longest hold</source>
        <translation>最长持有</translation>
    </message>
    <message>
        <source>made at {place}</source>
        <translation>创建于 {place}</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Loop&apos;s thread</source>
        <translation>循环所在线程</translation>
    </message>
    <message>
        <source>steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>How often the loop ran it</source>
        <translation>循环运行它的次数</translation>
    </message>
    <message>
        <source>in steps</source>
        <translation>步内时间</translation>
    </message>
    <message>
        <source>All its steps together</source>
        <translation>所有步的时间之和</translation>
    </message>
    <message>
        <source>longest step</source>
        <translation>最长一步</translation>
    </message>
    <message>
        <source>For so long nothing else could run on its loop</source>
        <translation>这段时间内它的循环上无法运行别的任务</translation>
    </message>
    <message>
        <source>held up</source>
        <translation>被耽搁</translation>
    </message>
    <message>
        <source>Tasks of the same loop that were ready during its longest step</source>
        <translation>同一循环中在其最长一步期间已就绪的任务数</translation>
    </message>
    <message>
        <source>ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>Could go on, but the loop was busy: all together</source>
        <translation>可以继续但循环正忙：时间之和</translation>
    </message>
    <message>
        <source>longest ready</source>
        <translation>最长就绪</translation>
    </message>
    <message>
        <source>suspended</source>
        <translation>挂起</translation>
    </message>
    <message>
        <source>Awaited something</source>
        <translation>在等待某物</translation>
    </message>
    <message>
        <source>End</source>
        <translation>结束方式</translation>
    </message>
    <message>
        <source>What it did</source>
        <translation>它在做什么</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>时长</translation>
    </message>
    <message>
        <source>From</source>
        <translation>起点</translation>
    </message>
    <message>
        <source>After the start of the run</source>
        <translation>从运行开始算起</translation>
    </message>
    <message>
        <source>What for</source>
        <translation>等什么</translation>
    </message>
    <message>
        <source>Who had it then</source>
        <translation>当时谁持有</translation>
    </message>
    <message>
        <source>GIL not seen: {reason}</source>
        <translation>未观察到 GIL：{reason}</translation>
    </message>
    <message>
        <source>GIL, whole run; switches: {switches}, {missed} of them missed; {share} of the time not observed</source>
        <translation>GIL，整次运行：{switches} 次切换，其中漏看 {missed} 次，{share} 的时间未观察到</translation>
    </message>
</context>
<context>
    <name>Files</name>
    <message>
        <source>Open a script</source>
        <translation>打开脚本</translation>
    </message>
    <message>
        <source>Python scripts (*.py *.pyw)</source>
        <translation>Python 脚本 (*.py *.pyw)</translation>
    </message>
    <message>
        <source>Open a recording</source>
        <translation>打开记录</translation>
    </message>
    <message>
        <source>Lockstep recordings (*.lockstep)</source>
        <translation>Lockstep 记录 (*.lockstep)</translation>
    </message>
    <message>
        <source>Save the recording</source>
        <translation>保存记录</translation>
    </message>
    <message>
        <source>Save the picture</source>
        <translation>保存图片</translation>
    </message>
    <message>
        <source>Pictures (*.png)</source>
        <translation>图片 (*.png)</translation>
    </message>
    <message>
        <source>Saved as {path}.</source>
        <translation>已保存为 {path}。</translation>
    </message>
    <message>
        <source>The recording of {name} is not saved.</source>
        <translation>{name} 的记录尚未保存。</translation>
    </message>
    <message>
        <source>It will be gone.</source>
        <translation>它将会丢失。</translation>
    </message>
    <message>
        <source>The notes on {name} are not saved.</source>
        <translation>{name} 上的笔记尚未保存。</translation>
    </message>
    <message>
        <source>They will be gone.</source>
        <translation>它们将会丢失。</translation>
    </message>
    <message>
        <source>Let it go</source>
        <translation>丢弃</translation>
    </message>
    <message>
        <source>Save …</source>
        <translation>保存…</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Opening the recording …</source>
        <translation>正在打开记录…</translation>
    </message>
    <message>
        <source>Saving the recording …</source>
        <translation>正在保存记录…</translation>
    </message>
    <message>
        <source>An earlier session was not closed. Its recording is still there.</source>
        <translation>先前有一次会话没有正常关闭。它的记录还在。</translation>
    </message>
    <message>
        <source>Open it</source>
        <translation>打开</translation>
    </message>
</context>
<context>
    <name>GuideCard</name>
    <message>
        <source>Reading the recorded run …</source>
        <translation>正在读取录下的运行…</translation>
    </message>
    <message>
        <source>Measured here: {told}</source>
        <translation>在这里测得：{told}</translation>
    </message>
    <message>
        <source>In the recorded run: {told}</source>
        <translation>录下的运行中：{told}</translation>
    </message>
</context>
<context>
    <name>Hover</name>
    <message>
        <source>{time}, still going on</source>
        <translation>{time}，仍在继续</translation>
    </message>
    <message>
        <source>{time} from {start}</source>
        <translation>从 {start} 起，历时 {time}</translation>
    </message>
    <message>
        <source>after {place}</source>
        <translation>在 {place} 之后</translation>
    </message>
    <message>
        <source>at {place}</source>
        <translation>在 {place}</translation>
    </message>
    <message>
        <source>ended by its time-out</source>
        <translation>因超时而结束</translation>
    </message>
    <message>
        <source>ended with an exception</source>
        <translation>以异常结束</translation>
    </message>
    <message>
        <source>{count} waiting</source>
        <translation>{count} 个在等待</translation>
    </message>
    <message>
        <source>{owner} holds {what}</source>
        <translation>{owner} 持有 {what}</translation>
    </message>
    <message>
        <source>{what} is taken; by whom is not known</source>
        <translation>{what} 已被占用；不知道被谁占用</translation>
    </message>
    <message>
        <source>nobody holds {what}</source>
        <translation>无人持有 {what}</translation>
    </message>
    <message>
        <source>at {time}</source>
        <translation>在 {time}</translation>
    </message>
</context>
<context>
    <name>Inspector</name>
    <message>
        <source>{time} so far</source>
        <translation>至今 {time}</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>时长</translation>
    </message>
    <message>
        <source>From</source>
        <translation>起点</translation>
    </message>
    <message>
        <source>What for</source>
        <translation>等什么</translation>
    </message>
    <message>
        <source>Who had it</source>
        <translation>谁持有它</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>Ended</source>
        <translation>结束</translation>
    </message>
    <message>
        <source>by its time-out</source>
        <translation>因超时</translation>
    </message>
    <message>
        <source>after {place}</source>
        <translation>在 {place} 之后</translation>
    </message>
    <message>
        <source>Line</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Released by</source>
        <translation>释放者</translation>
    </message>
    <message>
        <source>Woken by</source>
        <translation>唤醒者</translation>
    </message>
    <message>
        <source>Item from</source>
        <translation>数据来自</translation>
    </message>
    <message>
        <source>Message from</source>
        <translation>消息来自</translation>
    </message>
    <message>
        <source>Result from</source>
        <translation>结果来自</translation>
    </message>
    <message>
        <source>Started by</source>
        <translation>启动者</translation>
    </message>
    <message>
        <source>Submitted by</source>
        <translation>提交者</translation>
    </message>
    <message>
        <source>Forked by</source>
        <translation>派生者</translation>
    </message>
    <message>
        <source>Cancelled by</source>
        <translation>取消者</translation>
    </message>
    <message>
        <source>GIL</source>
        <translation>GIL</translation>
    </message>
    <message>
        <source>Waits for</source>
        <translation>等待</translation>
    </message>
    <message>
        <source>which has {what}: {state}</source>
        <translation>它持有 {what}：{state}</translation>
    </message>
    <message>
        <source>Go to the root: {track}</source>
        <translation>转到根源：{track}</translation>
    </message>
    <message>
        <source>Whoever all of them wait for in the end</source>
        <translation>所有等待最终指向的对象</translation>
    </message>
    <message>
        <source>The circle is closed: nobody in it can go on.</source>
        <translation>环已闭合：其中谁也无法继续。</translation>
    </message>
    <message>
        <source>Click a span in the timeline to see what it is and what it waits for.</source>
        <translation>点击时间线上的一个时段，查看它是什么、在等什么。</translation>
    </message>
    <message>
        <source>Inspector</source>
        <translation>检查器</translation>
    </message>
</context>
<context>
    <name>KeySheet</name>
    <message>
        <source>Keys</source>
        <translation>快捷键</translation>
    </message>
    <message>
        <source>In other places</source>
        <translation>在其他地方</translation>
    </message>
    <message>
        <source>To the next part of the window</source>
        <translation>转到窗口的下一部分</translation>
    </message>
    <message>
        <source>Timeline: let range and selection go</source>
        <translation>时间线：取消范围和选中</translation>
    </message>
    <message>
        <source>Projector: black screen, too</source>
        <translation>投影：同样是黑屏</translation>
    </message>
    <message>
        <source>Tables and lists: go there</source>
        <translation>表格和列表：转到那里</translation>
    </message>
    <message>
        <source>By hand: this thread goes on</source>
        <translation>手动：让这个线程继续</translation>
    </message>
    <message>
        <source>By hand: one step back</source>
        <translation>手动：退回一步</translation>
    </message>
    <message>
        <source>Input of the program: it ends</source>
        <translation>程序的输入：到此结束</translation>
    </message>
    <message>
        <source>Zoom about the pointer</source>
        <translation>以指针为中心缩放</translation>
    </message>
    <message>
        <source>Wheel</source>
        <translation>滚轮</translation>
    </message>
    <message>
        <source>Earlier, later</source>
        <translation>向前、向后移动</translation>
    </message>
    <message>
        <source>Shift+wheel, or drag</source>
        <translation>Shift+滚轮，或拖动</translation>
    </message>
    <message>
        <source>Scroll the tracks</source>
        <translation>滚动轨道</translation>
    </message>
    <message>
        <source>Ctrl+wheel</source>
        <translation>Ctrl+滚轮</translation>
    </message>
    <message>
        <source>Zoom into a box</source>
        <translation>框选放大</translation>
    </message>
    <message>
        <source>Ctrl+drag, or right drag</source>
        <translation>Ctrl+拖动，或右键拖动</translation>
    </message>
    <message>
        <source>Select a range</source>
        <translation>选择区间</translation>
    </message>
    <message>
        <source>Shift+drag, or drag in the ruler</source>
        <translation>Shift+拖动，或在标尺上拖动</translation>
    </message>
    <message>
        <source>Set the cursor, select</source>
        <translation>设置光标、选择</translation>
    </message>
    <message>
        <source>Click</source>
        <translation>单击</translation>
    </message>
    <message>
        <source>Zoom to the span</source>
        <translation>缩放到时段</translation>
    </message>
    <message>
        <source>Double or middle click</source>
        <translation>双击或中键单击</translation>
    </message>
    <message>
        <source>Reorder tracks</source>
        <translation>调整轨道顺序</translation>
    </message>
    <message>
        <source>Drag a track&apos;s name</source>
        <translation>拖动轨道名称</translation>
    </message>
    <message>
        <source>What can be done there</source>
        <translation>可以对它做什么</translation>
    </message>
    <message>
        <source>Right click</source>
        <translation>右键单击</translation>
    </message>
    <message>
        <source>Move or stretch what is in sight</source>
        <translation>移动或伸缩可见的一段</translation>
    </message>
    <message>
        <source>Drag in the strip of the whole run</source>
        <translation>在整次运行的缩略条中拖动</translation>
    </message>
    <message>
        <source>Pointer in the timeline</source>
        <translation>时间线中的鼠标操作</translation>
    </message>
    <message>
        <source>Single letters act while the timeline has the focus.</source>
        <translation>单个字母键仅在时间线获得焦点时有效。</translation>
    </message>
</context>
<context>
    <name>Legend</name>
    <message>
        <source>Legend</source>
        <extracomment>In this order; these are shown before anything ran, the others once they occur.</extracomment>
        <translation>图例</translation>
    </message>
</context>
<context>
    <name>LessonControls</name>
    <message>
        <source>What did you see?</source>
        <extracomment>Steps at which a run&apos;s answer may stand on the page.</extracomment>
        <translation>你看到了什么？</translation>
    </message>
    <message>
        <source>Where it matters: {where}</source>
        <translation>用在哪里：{where}</translation>
    </message>
    <message>
        <source>What to try next</source>
        <translation>接下来试试</translation>
    </message>
    <message>
        <source>Close the vote</source>
        <translation>结束投票</translation>
    </message>
    <message>
        <source>Recorded run</source>
        <translation>录制的运行</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>End the run</source>
        <translation>结束运行</translation>
    </message>
    <message>
        <source>What happened</source>
        <translation>发生了什么</translation>
    </message>
    <message>
        <source>One change</source>
        <translation>改一个参数</translation>
    </message>
    <message>
        <source>What next</source>
        <translation>接下来</translation>
    </message>
    <message>
        <source>Next scenario</source>
        <translation>下一个场景</translation>
    </message>
    <message>
        <source>Skip</source>
        <translation>跳过</translation>
    </message>
</context>
<context>
    <name>LessonStrip</name>
    <message>
        <source>Steps of the lesson</source>
        <translation>课程的步骤</translation>
    </message>
    <message>
        <source>Recorded run</source>
        <translation>录制的运行</translation>
    </message>
    <message>
        <source>A run that was recorded before, with the usual parameters; nothing is executed</source>
        <translation>以前用通常的参数录制的一次运行；不会执行任何程序</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Votes</source>
        <translation>投票</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>What did you see?</source>
        <translation>你看到了什么？</translation>
    </message>
    <message>
        <source>What happened</source>
        <translation>发生了什么</translation>
    </message>
    <message>
        <source>One change</source>
        <translation>改一个参数</translation>
    </message>
    <message>
        <source>What next</source>
        <translation>接下来</translation>
    </message>
</context>
<context>
    <name>LicencesDialog</name>
    <message>
        <source>Licences</source>
        <translation>许可证</translation>
    </message>
    <message>
        <source>Lockstep is free software under the MIT licence. It stands on the works below; Qt and PySide6 are used under the LGPL, version 3.</source>
        <translation>Lockstep 是采用 MIT 许可证的自由软件，建立在下列作品之上；Qt 和 PySide6 按 LGPL 第 3 版使用。</translation>
    </message>
    <message>
        <source>What is shipped</source>
        <translation>随附的内容</translation>
    </message>
    <message>
        <source>Text of the licence</source>
        <translation>许可证全文</translation>
    </message>
    <message>
        <source>Its text comes with its own package.</source>
        <translation>许可证全文随其自身的软件包提供。</translation>
    </message>
</context>
<context>
    <name>LineSpans</name>
    <message>
        <source>Line {line}: the {most} longest of {total} spans</source>
        <extracomment>More rows than this nobody goes through: the longest are shown then.</extracomment>
        <translation>第 {line} 行：{total} 个时段中最长的 {most} 个</translation>
    </message>
    <message>
        <source>Line {line}: 1 span</source>
        <translation>第 {line} 行：1 个时段</translation>
    </message>
    <message>
        <source>Line {line}: {total} spans</source>
        <translation>第 {line} 行：{total} 个时段</translation>
    </message>
    <message>
        <source>Spans of the line</source>
        <translation>这一行的时段</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>This recording was cut off. What is there up to that moment is shown.</source>
        <translation>此记录不完整。显示的是截断之前的内容。</translation>
    </message>
    <message>
        <source>Choose a Python interpreter</source>
        <translation>选择 Python 解释器</translation>
    </message>
</context>
<context>
    <name>Mark</name>
    <message>
        <source>garbage collection {detail}</source>
        <translation>垃圾回收 {detail}</translation>
    </message>
    <message>
        <source>import {detail}</source>
        <translation>导入 {detail}</translation>
    </message>
    <message>
        <source>uncaught {detail}</source>
        <translation>未捕获的 {detail}</translation>
    </message>
    <message>
        <source>signal {detail}</source>
        <translation>信号 {detail}</translation>
    </message>
    <message>
        <source>warning: {detail}</source>
        <translation>警告：{detail}</translation>
    </message>
    <message>
        <source>called {detail}</source>
        <translation>调用了 {detail}</translation>
    </message>
    <message>
        <source>records lost {detail}</source>
        <translation>丢失记录 {detail}</translation>
    </message>
    <message>
        <source>Lockstep switched a probe off: {detail}</source>
        <translation>Lockstep 关闭了一个探针：{detail}</translation>
    </message>
    <message>
        <source>stopped {detail}</source>
        <translation>已停止 {detail}</translation>
    </message>
    <message>
        <source>fork {detail}</source>
        <translation>派生 {detail}</translation>
    </message>
</context>
<context>
    <name>Menus</name>
    <message>
        <source>File</source>
        <extracomment>Menu → its commands; &quot;-&quot; is a line, &quot;recent&quot; the list of recent files.</extracomment>
        <translation>文件</translation>
    </message>
    <message>
        <source>Program</source>
        <translation>程序</translation>
    </message>
    <message>
        <source>Go</source>
        <translation>跳转</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步骤</translation>
    </message>
    <message>
        <source>Tracks</source>
        <translation>轨道</translation>
    </message>
    <message>
        <source>View</source>
        <translation>视图</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>帮助</translation>
    </message>
    <message>
        <source>Recent files</source>
        <translation>最近的文件</translation>
    </message>
    <message>
        <source>Forget these</source>
        <translation>清除列表</translation>
    </message>
    <message>
        <source>None yet</source>
        <translation>暂无</translation>
    </message>
    <message>
        <source>Another interpreter …</source>
        <translation>其他解释器…</translation>
    </message>
</context>
<context>
    <name>NoteEditor</name>
    <message>
        <source>What is to be seen here? Left empty it is a mark.</source>
        <translation>这里能看到什么？留空则只作标记。</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>笔记</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
</context>
<context>
    <name>NoteStrip</name>
    <message>
        <source>Edit the note …</source>
        <extracomment>Pixels at the ordinary size: the strip, the least width of a note.</extracomment>
        <translation>编辑笔记…</translation>
    </message>
    <message>
        <source>Delete the note</source>
        <translation>删除笔记</translation>
    </message>
    <message>
        <source>{time} from {start}</source>
        <translation>从 {start} 起 {time}</translation>
    </message>
    <message>
        <source>at {time}</source>
        <translation>在 {time}</translation>
    </message>
</context>
<context>
    <name>NoteTable</name>
    <message>
        <source>Edit … (F2)</source>
        <translation>编辑… (F2)</translation>
    </message>
    <message>
        <source>Delete (Del)</source>
        <translation>删除 (Del)</translation>
    </message>
</context>
<context>
    <name>NoteTool</name>
    <message>
        <source>Note on {time} from {start}</source>
        <translation>从 {start} 起 {time} 的笔记</translation>
    </message>
    <message>
        <source>Note at {time}</source>
        <translation>{time} 处的笔记</translation>
    </message>
</context>
<context>
    <name>Notes</name>
    <message>
        <source>Moment</source>
        <translation>时刻</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>时长</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>笔记</translation>
    </message>
</context>
<context>
    <name>Outcome</name>
    <message>
        <source>What this run shows could not be read.</source>
        <translation>无法读出这次运行说明了什么。</translation>
    </message>
    <message>
        <source>What happened</source>
        <translation>发生了什么</translation>
    </message>
    <message>
        <source>What happened · {right} of {total} voted for it</source>
        <translation>发生了什么 · {total} 票中有 {right} 票选对</translation>
    </message>
    <message>
        <source>Most of you said: {choice}</source>
        <translation>大多数人选的是：{choice}</translation>
    </message>
    <message>
        <source>You were right</source>
        <translation>你答对了</translation>
    </message>
    <message>
        <source>You said: {choice}</source>
        <translation>你的回答：{choice}</translation>
    </message>
    <message>
        <source>This run cannot tell.</source>
        <translation>这次运行说明不了问题。</translation>
    </message>
    <message>
        <source>It cannot be shown here.</source>
        <translation>在这里无法展示。</translation>
    </message>
    <message>
        <source>This run went differently from what the scenario expects.</source>
        <translation>这次运行与场景的预期不同。</translation>
    </message>
    <message>
        <source>The run is over.</source>
        <translation>运行已结束。</translation>
    </message>
</context>
<context>
    <name>OutputPanel</name>
    <message>
        <source>Output</source>
        <extracomment>The view is brought up to date at most this often, and works on it for so long at a time.</extracomment>
        <translation>输出</translation>
    </message>
    <message>
        <source>Show what the program writes to standard output</source>
        <translation>显示程序写到标准输出的内容</translation>
    </message>
    <message>
        <source>Show what the program writes to standard error</source>
        <translation>显示程序写到标准错误的内容</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy all lines shown</source>
        <translation>复制显示的所有行</translation>
    </message>
    <message>
        <source>Input: Enter sends it, Ctrl+D ends it</source>
        <translation>输入：回车发送，Ctrl+D 结束</translation>
    </message>
    <message>
        <source>Input for the program</source>
        <translation>程序的输入</translation>
    </message>
    <message>
        <source>Seconds since the start of the run; a bar marks standard error</source>
        <translation>自运行开始的秒数；竖条表示标准错误</translation>
    </message>
    <message>
        <source>Output of the program</source>
        <translation>程序的输出</translation>
    </message>
    <message>
        <source>What the program writes appears here.</source>
        <translation>程序的输出显示在这里。</translation>
    </message>
    <message>
        <source>The program has not written anything.</source>
        <translation>程序还没有任何输出。</translation>
    </message>
    <message>
        <source>The recording has no output.</source>
        <translation>这份记录中没有程序的输出。</translation>
    </message>
    <message>
        <source>first {size} not shown</source>
        <translation>未显示开头的 {size}</translation>
    </message>
    <message>
        <source>The recording has all of it; only the end is shown here.</source>
        <translation>记录中有全部内容；这里只显示末尾。</translation>
    </message>
</context>
<context>
    <name>ParameterForm</name>
    <message>
        <source>on</source>
        <extracomment>Spin boxes count in 32 bits.</extracomment>
        <translation>开</translation>
    </message>
    <message>
        <source>off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>changed; before: {value}</source>
        <translation>已更改；之前：{value}</translation>
    </message>
</context>
<context>
    <name>PlayerBar</name>
    <message>
        <source>Step</source>
        <extracomment>From this width of the window on (in text-sized units) the buttons have words as well.</extracomment>
        <translation>步</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>播放</translation>
    </message>
    <message>
        <source>How fast it plays, against the program&apos;s own speed ([ and ]); what stepping stops at</source>
        <translation>播放速度与程序自身速度之比（[ 和 ]），以及单步时停在哪些事件上</translation>
    </message>
    <message>
        <source>Speed and steps</source>
        <translation>速度与步骤</translation>
    </message>
</context>
<context>
    <name>PreferencesDialog</name>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Look</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>Size of text</source>
        <translation>文字大小</translation>
    </message>
    <message>
        <source>Interpreter</source>
        <translation>解释器</translation>
    </message>
    <message>
        <source>How the GIL is seen</source>
        <translation>观察 GIL 的方式</translation>
    </message>
    <message>
        <source>Largest recording</source>
        <translation>记录大小上限</translation>
    </message>
    <message>
        <source>A running program</source>
        <translation>正在运行的程序</translation>
    </message>
    <message>
        <source>Runs not saved yet</source>
        <translation>尚未保存的运行</translation>
    </message>
    <message>
        <source>Follow it live</source>
        <translation>实时跟随</translation>
    </message>
    <message>
        <source>Otherwise the timeline stays where it is while a program runs.</source>
        <translation>否则程序运行时时间线停留在原处。</translation>
    </message>
    <message>
        <source>A run that has recorded so much goes on, but is recorded no further.</source>
        <translation>记录达到此大小后，程序继续运行，但不再记录。</translation>
    </message>
    <message>
        <source>Open the folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>They are kept for {days} days and as long as they have less than {size} GB together; what is saved lies where you saved it.</source>
        <translation>它们保留 {days} 天，且总大小不超过 {size} GB；已保存的记录在你保存的位置。</translation>
    </message>
    <message>
        <source>the best way there is</source>
        <translation>可用的最佳方式</translation>
    </message>
    <message>
        <source>from outside, by reading the program&apos;s memory (Linux)</source>
        <translation>从外部读取程序的内存（Linux）</translation>
    </message>
    <message>
        <source>from inside, by a subinterpreter (3.13 and later)</source>
        <translation>从内部通过子解释器（3.13 及更高版本）</translation>
    </message>
    <message>
        <source>not at all</source>
        <translation>完全不观察</translation>
    </message>
    <message>
        <source>as the desktop</source>
        <translation>跟随桌面</translation>
    </message>
    <message>
        <source>light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>dark</source>
        <translation>深色</translation>
    </message>
</context>
<context>
    <name>Progress</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>Queue</name>
    <message>
        <source>1 waits</source>
        <extracomment>A step is this high where there is room (logical pixels); less where more wait than fit. Room between the owners&apos; bars and the highest step.</extracomment>
        <translation>1 个在等</translation>
    </message>
    <message>
        <source>{count} wait</source>
        <translation>{count} 个在等</translation>
    </message>
</context>
<context>
    <name>Reason</name>
    <message>
        <source>The program can use one core only, so nothing can run at the same time.</source>
        <translation>程序只能使用一个核心，所以没有什么能同时运行。</translation>
    </message>
    <message>
        <source>What the operating system does with each thread could not be seen here.</source>
        <translation>在这里看不到操作系统如何对待每个线程。</translation>
    </message>
    <message>
        <source>This scenario has no check.</source>
        <translation>这个场景没有检查。</translation>
    </message>
    <message>
        <source>The run shows it.</source>
        <translation>这次运行表明了这一点。</translation>
    </message>
    <message>
        <source>The run shows something else.</source>
        <translation>这次运行显示的是另一种情形。</translation>
    </message>
    <message>
        <source>Other work on this machine got in the way. Run it again.</source>
        <translation>本机上的其他工作干扰了这次运行。请再运行一次。</translation>
    </message>
    <message>
        <source>What this program shows depends on chance. Run it again.</source>
        <translation>这个程序显示什么取决于偶然，这一次没有碰上。请再运行一次。</translation>
    </message>
    <message>
        <source>Too much of the run could not be observed. Run it again.</source>
        <translation>这次运行有太多部分未能观察到。请再运行一次。</translation>
    </message>
    <message>
        <source>Who holds the GIL could not be seen here.</source>
        <translation>在这里看不到谁持有 GIL。</translation>
    </message>
    <message>
        <source>With these parameters there is nothing to see.</source>
        <translation>用这些参数看不出什么。请换一组参数。</translation>
    </message>
    <message>
        <source>The interpreter does not have it.</source>
        <translation>所选解释器没有这个功能。</translation>
    </message>
    <message>
        <source>This operating system does not have it.</source>
        <translation>这个操作系统没有这个功能。</translation>
    </message>
    <message>
        <source>This interpreter runs without a GIL.</source>
        <translation>所选解释器在没有 GIL 的情况下运行。</translation>
    </message>
    <message>
        <source>The recording is cut off.</source>
        <translation>记录被截断了。</translation>
    </message>
    <message>
        <source>The program ended before the end.</source>
        <translation>程序提前结束了。</translation>
    </message>
</context>
<context>
    <name>Running</name>
    <message>
        <source>Another program is running. Stop it first.</source>
        <translation>另一个程序正在运行，请先停止它。</translation>
    </message>
</context>
<context>
    <name>SampleBar</name>
    <message>
        <source>This is a recording of a real run</source>
        <translation>这是一次真实运行的记录</translation>
    </message>
    <message>
        <source>Made by Lockstep on another computer with {cores} cores, on Python {python}. What does yours do?</source>
        <translation>由 Lockstep 在另一台 {cores} 核电脑上用 Python {python} 记录。在你的电脑上会怎样？</translation>
    </message>
    <message>
        <source>▶  Run it on this computer</source>
        <translation>▶  在这台电脑上运行</translation>
    </message>
    <message>
        <source>Runs the program that you see on the right, and records it</source>
        <translation>运行右侧显示的程序并记录下来</translation>
    </message>
    <message>
        <source>Show me around</source>
        <translation>带我看看</translation>
    </message>
    <message>
        <source>Five steps through the window; Help has it again at any time</source>
        <translation>分五步介绍窗口；随时可以在“帮助”中再次打开</translation>
    </message>
    <message>
        <source>Close this message</source>
        <translation>关闭此消息</translation>
    </message>
</context>
<context>
    <name>ScenarioGroup</name>
    <message>
        <source>Cannot be used</source>
        <translation>无法使用</translation>
    </message>
    <message>
        <source>Threads</source>
        <extracomment>Of a step of the lesson: its place in it, and its minutes in words.</extracomment>
        <translation>线程</translation>
    </message>
    <message>
        <source>The GIL</source>
        <translation>GIL</translation>
    </message>
    <message>
        <source>Processes</source>
        <translation>进程</translation>
    </message>
    <message>
        <source>Coroutines</source>
        <translation>协程</translation>
    </message>
    <message>
        <source>Locks and waits</source>
        <translation>锁与等待</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>比较</translation>
    </message>
    <message>
        <source>Your own</source>
        <translation>自己的场景</translation>
    </message>
</context>
<context>
    <name>ScenarioList</name>
    <message>
        <source>Search scenarios</source>
        <translation>搜索场景</translation>
    </message>
    <message>
        <source>Scenarios</source>
        <translation>场景</translation>
    </message>
    <message>
        <source>Lesson</source>
        <translation>课程</translation>
    </message>
    <message>
        <source>All scenarios</source>
        <translation>全部场景</translation>
    </message>
    <message>
        <source>An ordered path through the scenarios, for one class</source>
        <translation>一堂课用的路线：按顺序走过这些场景</translation>
    </message>
    <message>
        <source>The whole catalogue, by subject</source>
        <translation>全部目录，按主题</translation>
    </message>
    <message>
        <source>Which scenarios are listed</source>
        <translation>列出哪些场景</translation>
    </message>
    <message>
        <source>No scenario has these words.</source>
        <translation>没有含这些词的场景。</translation>
    </message>
    <message>
        <source>{minutes} minutes</source>
        <translation>{minutes} 分钟</translation>
    </message>
    <message>
        <source>With {opening} minutes before the first question and {closing} at the end. ★ is in the short version too, {short} minutes.</source>
        <translation>包括第一个问题之前的 {opening} 分钟和最后的 {closing} 分钟。带 ★ 的也在精简版里，共 {short} 分钟。</translation>
    </message>
    <message>
        <source>{minutes} min</source>
        <translation>{minutes} 分钟</translation>
    </message>
</context>
<context>
    <name>ScenarioPage</name>
    <message>
        <source>Run (Ctrl+R)</source>
        <translation>运行 (Ctrl+R)</translation>
    </message>
    <message>
        <source>Show a recorded run</source>
        <translation>查看录下的运行</translation>
    </message>
    <message>
        <source>A run that was recorded before, with the usual parameters; nothing is executed</source>
        <translation>以前用通常的参数录下的一次运行；什么也不会执行</translation>
    </message>
    <message>
        <source>Edit a copy</source>
        <translation>编辑副本</translation>
    </message>
    <message>
        <source>The program with these parameters, in an editor; the scenario stays as it is</source>
        <translation>在编辑器中打开带这些参数的程序；场景本身不变</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数</translation>
    </message>
</context>
<context>
    <name>ScriptPage</name>
    <message>
        <source>Run (Ctrl+R)</source>
        <translation>运行 (Ctrl+R)</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>编辑</translation>
    </message>
    <message>
        <source>Edit a copy</source>
        <translation>编辑副本</translation>
    </message>
    <message>
        <source>Arguments</source>
        <translation>参数</translation>
    </message>
    <message>
        <source>as behind the script&apos;s name in a terminal; may be empty</source>
        <translation>与终端中脚本名后的内容相同；可以为空</translation>
    </message>
    <message>
        <source>A quotation mark is not closed.</source>
        <translation>引号没有闭合。</translation>
    </message>
</context>
<context>
    <name>Scrubber</name>
    <message>
        <source>Position in the run, and its steps</source>
        <extracomment>Steps closer than this are drawn as one.</extracomment>
        <translation>在运行中的位置及其步骤</translation>
    </message>
</context>
<context>
    <name>SearchPanel</name>
    <message>
        <source>Search tracks, objects, sources, marks and notes</source>
        <extracomment>After the last letter; what is found is shown while one types.</extracomment>
        <translation>搜索轨道、对象、源代码、标记和笔记</translation>
    </message>
    <message>
        <source>Search the recording</source>
        <translation>搜索记录</translation>
    </message>
    <message>
        <source>What was found</source>
        <translation>搜索结果</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>种类</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>Found</source>
        <translation>内容</translation>
    </message>
    <message>
        <source>Type a name or a word of the program. Enter and F3 go through what is found.</source>
        <translation>输入名称或程序中的词。按 Enter 和 F3 逐个查看结果。</translation>
    </message>
    <message>
        <source>Nothing in this recording has these words in it.</source>
        <translation>这份记录中没有包含这些词的内容。</translation>
    </message>
    <message>
        <source>track</source>
        <translation>轨道</translation>
    </message>
    <message>
        <source>object</source>
        <translation>对象</translation>
    </message>
    <message>
        <source>source</source>
        <translation>源代码</translation>
    </message>
    <message>
        <source>mark</source>
        <translation>标记</translation>
    </message>
    <message>
        <source>note</source>
        <translation>笔记</translation>
    </message>
</context>
<context>
    <name>Sentence</name>
    <message>
        <source>, </source>
        <comment>between names in a list</comment>
        <extracomment>More names than this become &quot;and 3 more&quot;.</extracomment>
        <translation>、</translation>
    </message>
    <message>
        <source>{names} and {count} more</source>
        <translation>{names} 和另外 {count} 个</translation>
    </message>
    <message>
        <source>{names} and {last}</source>
        <translation>{names} 和 {last}</translation>
    </message>
    <message>
        <source> </source>
        <comment>between two sentences</comment>
        <translation>​</translation>
    </message>
    <message>
        <source>line {line}</source>
        <translation>第 {line} 行</translation>
    </message>
    <message>
        <source>something unknown</source>
        <translation>某个未知对象</translation>
    </message>
    <message>
        <source>a {sort} without a name</source>
        <translation>一个没有名字的 {sort}</translation>
    </message>
    <message>
        <source>Nothing has started yet.</source>
        <translation>还什么都没有开始。</translation>
    </message>
    <message>
        <source>The run is over. It took {time}.</source>
        <translation>运行已结束。历时 {time}。</translation>
    </message>
    <message>
        <source>The process was killed: {why}.</source>
        <translation>进程被终止：{why}。</translation>
    </message>
    <message>
        <source>{who} was started and does not run yet.</source>
        <translation>{who} 已被启动，但还没有运行。</translation>
    </message>
    <message>
        <source>What {who} did at this moment was not seen.</source>
        <translation>没有观察到 {who} 此刻在做什么。</translation>
    </message>
    <message>
        <source>{who} could run, but no processor core is free.</source>
        <translation>{who} 可以运行，但没有空闲的处理器核心。</translation>
    </message>
    <message>
        <source>Waiting like this uses no processor time.</source>
        <translation>这样等待不占用处理器时间。</translation>
    </message>
    <message>
        <source>Code in C that lets go of the GIL runs beside Python code.</source>
        <translation>释放了 GIL 的 C 代码可以与 Python 代码同时运行。</translation>
    </message>
    <message>
        <source>Deadlock: {who} waits for itself. It can never go on.</source>
        <translation>死锁：{who} 在等自己，再也无法继续。</translation>
    </message>
    <message>
        <source>Deadlock: {who} wait for each other. None can ever go on.</source>
        <translation>死锁：{who} 在互相等待，谁也无法再继续。</translation>
    </message>
    <message>
        <source>{owner} holds the GIL. {who} want to run and must wait: only one thread runs Python code at a time.</source>
        <translation>{owner} 持有 GIL。{who} 想运行却必须等待：同一时刻只有一个线程运行 Python 代码。</translation>
    </message>
    <message>
        <source>{owner} holds the GIL. {who} wants to run and must wait: only one thread runs Python code at a time.</source>
        <translation>{owner} 持有 GIL。{who} 想运行却必须等待：同一时刻只有一个线程运行 Python 代码。</translation>
    </message>
    <message>
        <source>{who} wait for the GIL. Who holds it was not seen at this moment.</source>
        <translation>{who} 在等待 GIL。此刻没有观察到谁持有它。</translation>
    </message>
    <message>
        <source>{who} waits for the GIL. Who holds it was not seen at this moment.</source>
        <translation>{who} 在等待 GIL。此刻没有观察到谁持有它。</translation>
    </message>
    <message>
        <source>{who} has waited {time} so far. After {interval} without a switch, a waiting thread asks the holder to let go.</source>
        <translation>{who} 至今已等待 {time}。若 {interval} 内没有切换，等待的线程就会请求持有者让出。</translation>
    </message>
    <message>
        <source>{owner} runs. No other thread wants the GIL.</source>
        <translation>{owner} 在运行。没有其他线程想要 GIL。</translation>
    </message>
    <message>
        <source>{owner} runs. It is the only thread.</source>
        <translation>{owner} 在运行。它是唯一的线程。</translation>
    </message>
    <message>
        <source>{owner} runs Python code; {who} work outside the GIL meanwhile.</source>
        <translation>{owner} 在运行 Python 代码；同时 {who} 在 GIL 之外工作。</translation>
    </message>
    <message>
        <source>{owner} runs Python code; {who} works outside the GIL meanwhile.</source>
        <translation>{owner} 在运行 Python 代码；同时 {who} 在 GIL 之外工作。</translation>
    </message>
    <message>
        <source>{who} work outside the GIL, at the same time.</source>
        <translation>{who} 同时在 GIL 之外工作。</translation>
    </message>
    <message>
        <source>{who} works outside the GIL.</source>
        <translation>{who} 在 GIL 之外工作。</translation>
    </message>
    <message>
        <source>{who} run at the same time: every process has a GIL of its own.</source>
        <translation>{who} 同时运行：每个进程都有自己的 GIL。</translation>
    </message>
    <message>
        <source>{owner} runs. {who} could go on, but the event loop does one thing at a time.</source>
        <translation>{owner} 在运行。{who} 可以继续，但事件循环一次只做一件事。</translation>
    </message>
    <message>
        <source>{owner} holds up the event loop: it waits without await. {who} could go on, but must wait.</source>
        <translation>{owner} 卡住了事件循环：它不用 await 就在等待。{who} 可以继续，却只能等。</translation>
    </message>
    <message>
        <source>{owner} runs on the event loop. The other tasks await something.</source>
        <translation>{owner} 在事件循环上运行。其他任务在等待。</translation>
    </message>
    <message>
        <source>{owner} runs on the event loop.</source>
        <translation>{owner} 在事件循环上运行。</translation>
    </message>
    <message>
        <source>{who} are suspended. The event loop waits for whichever can go on first.</source>
        <translation>{who} 已挂起。事件循环在等其中最先能继续的一个。</translation>
    </message>
    <message>
        <source>{who} is suspended. The event loop waits until it can go on.</source>
        <translation>{who} 已挂起。事件循环在等它能够继续。</translation>
    </message>
    <message>
        <source>{who} want {what}; {owner} has had it for {time}.</source>
        <translation>{who} 想要 {what}；{owner} 已持有它 {time}。</translation>
    </message>
    <message>
        <source>{who} wants {what}; {owner} has had it for {time}.</source>
        <translation>{who} 想要 {what}；{owner} 已持有它 {time}。</translation>
    </message>
    <message>
        <source>{who} waits for {what}, which {owner} has.</source>
        <translation>{who} 在等 {what}，而它被 {owner} 持有。</translation>
    </message>
    <message>
        <source>{who} waits for {what}. Who has it is not known.</source>
        <translation>{who} 在等 {what}。不知道谁持有它。</translation>
    </message>
    <message>
        <source>{who} has waited {time} so far, on {line}.</source>
        <translation>{who} 在{line}至今已等待 {time}。</translation>
    </message>
    <message>
        <source>{who} has waited {time} so far.</source>
        <translation>{who} 至今已等待 {time}。</translation>
    </message>
    <message>
        <source>{who} waits for {what} on {line}; {owner} has it.</source>
        <translation>{who} 在{line}等 {what}；{owner} 持有它。</translation>
    </message>
    <message>
        <source>{who} waits for {what}; {owner} has it.</source>
        <translation>{who} 在等 {what}；{owner} 持有它。</translation>
    </message>
    <message>
        <source>{who} waits for {what}.</source>
        <translation>{who} 在等 {what}。</translation>
    </message>
    <message>
        <source>{who} waits for {what}, on {line}.</source>
        <translation>{who} 在{line}等 {what}。</translation>
    </message>
    <message>
        <source>{who} waits.</source>
        <translation>{who} 在等待。</translation>
    </message>
    <message>
        <source>{who} sleep or wait for input and output, all at the same time.</source>
        <translation>{who} 同时在休眠或等待输入输出。</translation>
    </message>
    <message>
        <source>{who} sleeps or waits for input and output.</source>
        <translation>{who} 在休眠或等待输入输出。</translation>
    </message>
    <message>
        <source>{who} wait; none of them needs the processor now.</source>
        <translation>{who} 在等待；此刻它们都不需要处理器。</translation>
    </message>
    <message>
        <source>{owner} is at line {line}, in {function}.</source>
        <translation>{owner} 在第 {line} 行，函数 {function} 中。</translation>
    </message>
    <message>
        <source>{owner} is somewhere after line {line}, in {function}.</source>
        <translation>{owner} 在第 {line} 行之后的某处，函数 {function} 中。</translation>
    </message>
</context>
<context>
    <name>SentencePanel</name>
    <message>
        <source>The program starts …</source>
        <extracomment>On a projector, where no more lanes than that are in sight at once. While live, figures are counted anew at most this often. The sentence takes at most this share of the window&apos;s height.</extracomment>
        <translation>程序正在启动…</translation>
    </message>
    <message>
        <source>Step {number} of {count}, at {time}</source>
        <translation>第 {number} 步，共 {count} 步，{time}</translation>
    </message>
    <message>
        <source>At {time}</source>
        <translation>在 {time}</translation>
    </message>
    <message>
        <source>Now, at {time}</source>
        <translation>现在，{time}</translation>
    </message>
    <message>
        <source>The whole run</source>
        <translation>整次运行</translation>
    </message>
    <message>
        <source>The run took {time}.</source>
        <translation>运行历时 {time}。</translation>
    </message>
    <message>
        <source>Click into the timeline to read what happened at that moment.</source>
        <translation>点击时间线，看看那一刻发生了什么。</translation>
    </message>
    <message>
        <source>Selected range, {start} to {end}</source>
        <translation>所选区间：{start} 到 {end}</translation>
    </message>
    <message>
        <source>{time} selected</source>
        <translation>已选 {time}</translation>
    </message>
    <message>
        <source>All threads: {states}</source>
        <translation>所有线程：{states}</translation>
    </message>
    <message>
        <source>as fast as the same work one after the other</source>
        <translation>相对于一个接一个同样工作的速度</translation>
    </message>
    <message>
        <source>waiting for the GIL, of the time threads wanted to run</source>
        <translation>线程想运行的时间里，用于等待 GIL</translation>
    </message>
    <message>
        <source>of the work done outside the GIL</source>
        <translation>的工作在 GIL 之外完成</translation>
    </message>
    <message>
        <source>waiting for a core, of the time threads wanted to run</source>
        <translation>线程想运行的时间里，用于等待核心</translation>
    </message>
    <message>
        <source>GIL switches, {missed} missed</source>
        <translation>次 GIL 切换，漏看 {missed} 次</translation>
    </message>
    <message>
        <source>of thread time not seen</source>
        <translation>的线程时间未观察到</translation>
    </message>
    <message>
        <source>longest wait for a lock</source>
        <translation>等锁的最长时间</translation>
    </message>
    <message>
        <source>longest wait for a lock: {name}</source>
        <translation>等锁的最长时间：{name}</translation>
    </message>
    <message>
        <source>longest wait of a task for the busy loop: {name}</source>
        <translation>任务等待繁忙循环的最长时间：{name}</translation>
    </message>
    <message>
        <source>tasks</source>
        <translation>个任务</translation>
    </message>
    <message>
        <source>processes</source>
        <translation>个进程</translation>
    </message>
    <message>
        <source>ended badly: {name}</source>
        <translation>个异常结束：{name}</translation>
    </message>
</context>
<context>
    <name>SidePanel</name>
    <message>
        <source>Who waits for whom</source>
        <translation>谁在等谁</translation>
    </message>
    <message>
        <source>Waits</source>
        <translation>等待</translation>
    </message>
    <message>
        <source>Selected span</source>
        <translation>所选时段</translation>
    </message>
    <message>
        <source>Relations</source>
        <extracomment>What an empty output says; a program that the window runs writes into it. the tab is changed by us, not by hand; brought forward by a click on a span; kept by hand</extracomment>
        <translation>关系</translation>
    </message>
    <message>
        <source>Span</source>
        <translation>时段</translation>
    </message>
    <message>
        <source>Line {line}</source>
        <translation>第 {line} 行</translation>
    </message>
</context>
<context>
    <name>SpanLabel</name>
    <message>
        <source>waits for {lock}: {owner} has it</source>
        <translation>等待 {lock}：{owner} 持有它</translation>
    </message>
    <message>
        <source>waits for {lock}</source>
        <translation>等待 {lock}</translation>
    </message>
    <message>
        <source>waiting: {name}.wait()</source>
        <translation>等待：{name}.wait()</translation>
    </message>
    <message>
        <source>waiting: {name}.get(), it is empty</source>
        <translation>等待：{name}.get()，队列为空</translation>
    </message>
    <message>
        <source>waiting: {name}.put(), it is full</source>
        <translation>等待：{name}.put()，队列已满</translation>
    </message>
    <message>
        <source>waiting: {name}.join()</source>
        <translation>等待：{name}.join()</translation>
    </message>
    <message>
        <source>waiting: {name}.start()</source>
        <translation>等待：{name}.start()</translation>
    </message>
    <message>
        <source>waiting for the result of {name}</source>
        <translation>等待 {name} 的结果</translation>
    </message>
    <message>
        <source>awaits {name}</source>
        <translation>await {name}</translation>
    </message>
    <message>
        <source>sleep</source>
        <translation>休眠</translation>
    </message>
    <message>
        <source>reads</source>
        <translation>读取</translation>
    </message>
    <message>
        <source>writes</source>
        <translation>写入</translation>
    </message>
    <message>
        <source>connects</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>waits for a connection</source>
        <translation>等待连接</translation>
    </message>
    <message>
        <source>waits for any of several</source>
        <translation>等待多个中的任意一个</translation>
    </message>
    <message>
        <source>waits for input</source>
        <translation>等待输入</translation>
    </message>
</context>
<context>
    <name>State</name>
    <message>
        <source>starting</source>
        <extracomment>In programs with more tracks than this names stay as they are.</extracomment>
        <translation>正在启动</translation>
    </message>
    <message>
        <source>running</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>outside the GIL</source>
        <translation>在 GIL 之外</translation>
    </message>
    <message>
        <source>waits for the GIL</source>
        <translation>等待 GIL</translation>
    </message>
    <message>
        <source>waits for a core</source>
        <translation>等待核心</translation>
    </message>
    <message>
        <source>waits for a lock</source>
        <translation>等待锁</translation>
    </message>
    <message>
        <source>other wait</source>
        <translation>其他等待</translation>
    </message>
    <message>
        <source>sleep</source>
        <translation>休眠</translation>
    </message>
    <message>
        <source>input, output</source>
        <translation>输入输出</translation>
    </message>
    <message>
        <source>ready, loop is busy</source>
        <translation>就绪，循环繁忙</translation>
    </message>
    <message>
        <source>suspended</source>
        <translation>挂起</translation>
    </message>
    <message>
        <source>held by you</source>
        <translation>被你按住</translation>
    </message>
    <message>
        <source>not seen</source>
        <translation>未观察到</translation>
    </message>
    <message>
        <source>owned</source>
        <translation>被持有</translation>
    </message>
    <message>
        <source>free</source>
        <translation>空闲</translation>
    </message>
    <message>
        <source>not there</source>
        <translation>不存在</translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message>
        <source>Nothing recorded yet</source>
        <extracomment>A reading that is further behind than this is shown.</extracomment>
        <translation>还没有录制</translation>
    </message>
    <message>
        <source>Starting …</source>
        <translation>正在启动…</translation>
    </message>
    <message>
        <source>Recording {time}</source>
        <translation>正在录制 {time}</translation>
    </message>
    <message>
        <source>Stopping after {time}</source>
        <translation>正在停止，已录 {time}</translation>
    </message>
    <message>
        <source>Recorded {time}</source>
        <translation>已录制 {time}</translation>
    </message>
    <message numerus="yes">
        <source>%n thread(s)</source>
        <translation>
            <numerusform>%n 个线程</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n process(es)</source>
        <translation>
            <numerusform>%n 个进程</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n task(s)</source>
        <translation>
            <numerusform>%n 个任务</numerusform>
        </translation>
    </message>
    <message>
        <source>none lost</source>
        <translation>无丢失</translation>
    </message>
    <message>
        <source>{count} lost</source>
        <translation>丢失 {count} 条</translation>
    </message>
    <message>
        <source>{count} records, {lost}</source>
        <translation>{count} 条记录，{lost}</translation>
    </message>
    <message>
        <source>{time} behind</source>
        <translation>落后 {time}</translation>
    </message>
    <message>
        <source>recording cut off</source>
        <translation>记录不完整</translation>
    </message>
    <message>
        <source>GIL seen at {rate}, {share} not observed</source>
        <translation>GIL 采样 {rate}，{share} 未观察到</translation>
    </message>
    <message>
        <source>GIL not seen: {reason}</source>
        <translation>未观察到 GIL：{reason}</translation>
    </message>
</context>
<context>
    <name>Step</name>
    <message>
        <source> (line {line})</source>
        <translation>（第 {line} 行）</translation>
    </message>
    <message>
        <source> (after line {line})</source>
        <translation>（第 {line} 行之后）</translation>
    </message>
    <message>
        <source>{source}{there} started it</source>
        <translation>{source}{there}启动了它</translation>
    </message>
    <message>
        <source>{source} has ended</source>
        <translation>{source} 已经结束</translation>
    </message>
    <message>
        <source>{source}{there} released {what}</source>
        <translation>{source}{there}释放了 {what}</translation>
    </message>
    <message>
        <source>{source}{there} set {what}</source>
        <translation>{source}{there}设置了 {what}</translation>
    </message>
    <message>
        <source>{source}{there} notified {what}</source>
        <translation>{source}{there}通知了 {what}</translation>
    </message>
    <message>
        <source>{source} was the last to reach {what}</source>
        <translation>{source} 最后一个到达 {what}</translation>
    </message>
    <message>
        <source>{source}{there} put something into {what}</source>
        <translation>{source}{there}往 {what} 里放了东西</translation>
    </message>
    <message>
        <source>{source}{there} sent a message</source>
        <translation>{source}{there}发来了消息</translation>
    </message>
    <message>
        <source>{source}{there} submitted it</source>
        <translation>{source}{there}提交了它</translation>
    </message>
    <message>
        <source>{source} finished {what}</source>
        <translation>{source} 完成了 {what}</translation>
    </message>
    <message>
        <source>{source}{there} forked it</source>
        <translation>{source}{there}派生（fork）了它</translation>
    </message>
    <message>
        <source>{source}{there} asked it to stop</source>
        <translation>{source}{there}要求它停止</translation>
    </message>
    <message>
        <source>{source}{there} woke it</source>
        <translation>{source}{there}唤醒了它</translation>
    </message>
    <message>
        <source>{who}{at} gets the GIL and runs, after waiting {time} for it.</source>
        <translation>{who}{at}等了 {time}，拿到 GIL 开始运行。</translation>
    </message>
    <message>
        <source>{who}{at} runs again, after waiting {time} for the GIL.</source>
        <translation>{who}{at}等 GIL 等了 {time}，又开始运行。</translation>
    </message>
    <message>
        <source>{who}{at} can go on, because {because}. Now it waits for the GIL.</source>
        <translation>{who}{at}可以继续了，因为 {because}。现在它在等待 GIL。</translation>
    </message>
    <message>
        <source>{who}{at} wants to run and waits for the GIL; {owner} has had it for {had}.</source>
        <translation>{who}{at}想运行，在等待 GIL；{owner} 已持有它 {had}。</translation>
    </message>
    <message>
        <source>{who}{at} wants to run and waits for the GIL.</source>
        <translation>{who}{at}想运行，在等待 GIL。</translation>
    </message>
    <message>
        <source>{who}{at} could run, but waits for a core.</source>
        <translation>{who}{at}可以运行，但在等待核心。</translation>
    </message>
    <message>
        <source>{who}{at} has a core again and runs.</source>
        <translation>{who}{at}又有了核心，开始运行。</translation>
    </message>
    <message>
        <source>{who}{at} works outside the GIL.</source>
        <translation>{who}{at}在 GIL 之外工作。</translation>
    </message>
    <message>
        <source>{who}{at} comes back from outside the GIL and runs Python code.</source>
        <translation>{who}{at}从 GIL 之外回来，运行 Python 代码。</translation>
    </message>
    <message>
        <source>{who}{at} is held by you.</source>
        <translation>{who}{at}被你按住。</translation>
    </message>
    <message>
        <source>Deadlock: {others} waits for itself. It can never go on.</source>
        <translation>死锁：{others} 在等自己，再也无法继续。</translation>
    </message>
    <message>
        <source>Deadlock: {others} wait for each other. None can ever go on.</source>
        <translation>死锁：{others} 在互相等待，谁也无法再继续。</translation>
    </message>
    <message>
        <source>What happened here was not seen well enough to say it.</source>
        <translation>这里发生的事没有看清，无法说明。</translation>
    </message>
    <message>
        <source>{who} fails: {detail}.</source>
        <translation>{who} 失败：{detail}。</translation>
    </message>
    <message>
        <source>{who} is killed: {detail}.</source>
        <translation>{who} 被终止：{detail}。</translation>
    </message>
    <message>
        <source>{who} is cancelled.</source>
        <translation>{who} 被取消。</translation>
    </message>
    <message>
        <source>{who} ends, {time} after it began.</source>
        <translation>{who} 在开始 {time} 之后结束。</translation>
    </message>
    <message>
        <source>The process {who} begins.</source>
        <translation>进程 {who} 开始。</translation>
    </message>
    <message>
        <source>{source}{there} starts {who}. Its code does not run yet.</source>
        <translation>{source}{there}启动 {who}。它的代码尚未运行。</translation>
    </message>
    <message>
        <source>{who} was started. Its code does not run yet.</source>
        <translation>{who} 已启动。它的代码尚未运行。</translation>
    </message>
    <message>
        <source>{who}{at} runs for the first time, because {because}.</source>
        <translation>{who}{at}第一次运行，因为 {because}。</translation>
    </message>
    <message>
        <source>{who}{at} runs for the first time.</source>
        <translation>{who}{at}第一次运行。</translation>
    </message>
    <message>
        <source>{who}{at} is ready to go on; the event loop is busy.</source>
        <translation>{who}{at}可以继续；事件循环正忙。</translation>
    </message>
    <message>
        <source>{who}{at} is suspended: it sleeps.</source>
        <translation>{who}{at}挂起：它在休眠。</translation>
    </message>
    <message>
        <source>{who}{at} is suspended: it awaits {what}.</source>
        <translation>{who}{at}挂起：它在等待 {what}。</translation>
    </message>
    <message>
        <source>{who}{at} is suspended.</source>
        <translation>{who}{at}挂起。</translation>
    </message>
    <message>
        <source>{who}{at} sleeps.</source>
        <translation>{who}{at}休眠。</translation>
    </message>
    <message>
        <source>{who}{at} waits for input or output: {what}.</source>
        <translation>{who}{at}等待输入或输出：{what}。</translation>
    </message>
    <message>
        <source>{who}{at} waits for input or output.</source>
        <translation>{who}{at}等待输入或输出。</translation>
    </message>
    <message>
        <source>{who}{at} waits.</source>
        <translation>{who}{at}在等待。</translation>
    </message>
    <message>
        <source>{who}{at} waits for {what} to end.</source>
        <translation>{who}{at}等待 {what} 结束。</translation>
    </message>
    <message>
        <source>{who}{at} starts {what} and waits until it runs.</source>
        <translation>{who}{at}启动 {what}，并等它开始运行。</translation>
    </message>
    <message>
        <source>{who}{at} waits until {what} is set.</source>
        <translation>{who}{at}等待 {what} 被设置。</translation>
    </message>
    <message>
        <source>{who}{at} waits until {what} is notified.</source>
        <translation>{who}{at}等待 {what} 收到通知。</translation>
    </message>
    <message>
        <source>{who}{at} waits at {what} for the others.</source>
        <translation>{who}{at}在 {what} 处等其他线程。</translation>
    </message>
    <message>
        <source>{who}{at} waits: {what} is empty.</source>
        <translation>{who}{at}在等待：{what} 是空的。</translation>
    </message>
    <message>
        <source>{who}{at} waits: {what} is full.</source>
        <translation>{who}{at}在等待：{what} 已满。</translation>
    </message>
    <message>
        <source>{who}{at} waits until everything in {what} is done.</source>
        <translation>{who}{at}等待 {what} 中的一切完成。</translation>
    </message>
    <message>
        <source>{who}{at} waits for the result of {what}.</source>
        <translation>{who}{at}等待 {what} 的结果。</translation>
    </message>
    <message>
        <source>{who}{at} waits for {what}.</source>
        <translation>{who}{at}在等 {what}。</translation>
    </message>
    <message>
        <source>{who}{at} wants {what}; {owner} has had it for {had}, since line {line}.</source>
        <translation>{who}{at}想要 {what}；{owner} 自第 {line} 行起已持有它 {had}。</translation>
    </message>
    <message>
        <source>{who}{at} wants {what}; {owner} has it.</source>
        <translation>{who}{at}想要 {what}；{owner} 持有它。</translation>
    </message>
    <message>
        <source>{who}{at} gets {what}, because {because}.</source>
        <translation>{who}{at}得到 {what}，因为 {because}。</translation>
    </message>
    <message>
        <source>{who}{at} takes {what}.</source>
        <translation>{who}{at}取得 {what}。</translation>
    </message>
    <message>
        <source>{who}{at} holds the GIL from here on.</source>
        <translation>{who}{at}从此刻起持有 GIL。</translation>
    </message>
    <message>
        <source>{who}{at} lets go of the GIL.</source>
        <translation>{who}{at}放开 GIL。</translation>
    </message>
    <message>
        <source>{who}{at} releases {what}; {others} want it.</source>
        <translation>{who}{at}释放 {what}；{others} 想要它。</translation>
    </message>
    <message>
        <source>{who}{at} releases {what}; {others} wants it.</source>
        <translation>{who}{at}释放 {what}；{others} 想要它。</translation>
    </message>
    <message>
        <source>{who}{at} releases {what}.</source>
        <translation>{who}{at}释放 {what}。</translation>
    </message>
    <message>
        <source>{who}{at} goes on after {time}, because {because}.</source>
        <translation>{who}{at}等了 {time} 后继续，因为 {because}。</translation>
    </message>
    <message>
        <source>{who}{at} goes on: {what} runs.</source>
        <translation>{who}{at}继续：{what} 已在运行。</translation>
    </message>
    <message>
        <source>{who}{at} goes on, after waiting {time} for {what}.</source>
        <translation>{who}{at}等 {what} 等了 {time}，现在继续。</translation>
    </message>
    <message>
        <source>{who}{at} has slept {time} and goes on.</source>
        <translation>{who}{at}休眠了 {time}，现在继续。</translation>
    </message>
    <message>
        <source>{who}{at} goes on, after waiting {time}.</source>
        <translation>{who}{at}等了 {time}，现在继续。</translation>
    </message>
</context>
<context>
    <name>TimelineView</name>
    <message>
        <source>Find a track</source>
        <extracomment>From this many rows on the field that filters tracks is shown. From the back row no more can be told apart. How far A and D pan: this share of the width.</extracomment>
        <translation>查找轨道</translation>
    </message>
    <message>
        <source>Follow live (End)</source>
        <translation>跟随实时 (End)</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>时间线</translation>
    </message>
    <message>
        <source>Tracks of threads, processes, tasks and locks over time</source>
        <translation>线程、进程、任务和锁随时间变化的轨道</translation>
    </message>
    <message>
        <source>Tracks</source>
        <translation>轨道</translation>
    </message>
    <message>
        <source>Ruler</source>
        <translation>标尺</translation>
    </message>
    <message>
        <source>The whole run</source>
        <translation>整次运行</translation>
    </message>
    <message>
        <source>notes</source>
        <translation>笔记</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>笔记</translation>
    </message>
    <message>
        <source>Add a note here …</source>
        <translation>在此处添加笔记…</translation>
    </message>
    <message>
        <source>Add a note to the selected range …</source>
        <translation>给所选区间添加笔记…</translation>
    </message>
    <message>
        <source>Let the selected range go</source>
        <translation>取消所选区间</translation>
    </message>
    <message>
        <source>whole run {time}</source>
        <translation>整次运行 {time}</translation>
    </message>
    <message numerus="yes">
        <source>Show %n hidden</source>
        <translation>
            <numerusform>显示 %n 条隐藏轨道</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TopBar</name>
    <message>
        <source>Menu (F10)</source>
        <extracomment>Of the bar&apos;s width: the title.</extracomment>
        <translation>菜单 (F10)</translation>
    </message>
    <message>
        <source>Menu</source>
        <translation>菜单</translation>
    </message>
    <message>
        <source>Interpreter that runs the program</source>
        <translation>运行程序的解释器</translation>
    </message>
</context>
<context>
    <name>Tour</name>
    <message>
        <source>Scenarios</source>
        <translation>场景</translation>
    </message>
    <message>
        <source>Small real programs, each with a question. Guess first, then run. Your own scripts can be dropped anywhere on the window.</source>
        <translation>一个个真实的小程序，每个都带一个问题。先猜，再运行。你自己的脚本可以拖放到窗口的任意位置。</translation>
    </message>
    <message>
        <source>The timeline</source>
        <translation>时间线</translation>
    </message>
    <message>
        <source>A row for the GIL, then one for every thread, process and task. Tall and plain: it runs. Half as tall and hatched: it waits. Turn the wheel to zoom, drag to move.</source>
        <translation>第一行是 GIL，接着每个线程、进程和任务各一行。高而纯色：正在运行；一半高且有斜线：正在等待。滚动滚轮缩放，拖动可移动。</translation>
    </message>
    <message>
        <source>What happens here</source>
        <translation>这里发生了什么</translation>
    </message>
    <message>
        <source>Click anywhere in the timeline: this sentence says what happens at that moment, and the figures belong to it.</source>
        <translation>点击时间线上的任意位置：这句话会说明那一刻发生了什么，旁边的数字与之对应。</translation>
    </message>
    <message>
        <source>The code</source>
        <translation>代码</translation>
    </message>
    <message>
        <source>The program that runs, with the line every thread is on; below it who waits for whom, and what the program prints. Click a line to see when it ran.</source>
        <translation>正在运行的程序，并标出每个线程所在的行；下面是谁在等谁，以及程序的输出。点击一行可以看到它何时运行。</translation>
    </message>
    <message>
        <source>Your turn</source>
        <translation>轮到你了</translation>
    </message>
    <message>
        <source>Run starts what is chosen, on the Python named beside it. Everything happens on this computer, nothing goes online. ? shows all keys.</source>
        <translation>“运行”会用旁边所示的 Python 启动所选的程序。一切都在这台电脑上进行，不会联网。按 ? 显示所有按键。</translation>
    </message>
    <message>
        <source>{step} of {steps}</source>
        <translation>第 {step} 步，共 {steps} 步</translation>
    </message>
    <message>
        <source>Skip</source>
        <translation>跳过</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>上一步</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下一步</translation>
    </message>
</context>
<context>
    <name>Track</name>
    <message>
        <source>process</source>
        <translation>进程</translation>
    </message>
    <message>
        <source>thread</source>
        <translation>线程</translation>
    </message>
    <message>
        <source>task</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>lock</source>
        <translation>锁</translation>
    </message>
    <message>
        <source>GIL</source>
        <translation>GIL</translation>
    </message>
    <message>
        <source>finished</source>
        <translation>已结束</translation>
    </message>
    <message>
        <source>failed: {detail}</source>
        <translation>失败：{detail}</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>killed: {detail}</source>
        <translation>被终止：{detail}</translation>
    </message>
    <message>
        <source>cut off</source>
        <translation>被截断</translation>
    </message>
</context>
<context>
    <name>TrackHeaders</name>
    <message>
        <source>who holds it</source>
        <extracomment>Pixels at the ordinary size from the left in which a click on a track collapses what is below it. A name cannot be dropped where the pointer is. The column is as wide as the longest of the first names; later ones are shortened. So many of a lock&apos;s spans tell whether anybody ever waited for it.</extracomment>
        <translation>谁持有它</translation>
    </message>
    <message>
        <source>owner, queue below</source>
        <translation>持有者，下方为排队</translation>
    </message>
    <message>
        <source>who has the {sort}</source>
        <translation>谁持有 {sort}</translation>
    </message>
    <message>
        <source>seen from outside only</source>
        <translation>仅从外部观察</translation>
    </message>
    <message numerus="yes">
        <source>%n track(s) collapsed</source>
        <translation>
            <numerusform>已折叠 %n 条轨道</numerusform>
        </translation>
    </message>
    <message>
        <source>task</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>runs {share}</source>
        <translation>运行 {share}</translation>
    </message>
    <message>
        <source>pid {pid}</source>
        <translation>pid {pid}</translation>
    </message>
    <message numerus="yes">
        <source>%n track(s)</source>
        <translation>
            <numerusform>%n 条轨道</numerusform>
        </translation>
    </message>
    <message>
        <source>Unpin</source>
        <translation>取消固定</translation>
    </message>
    <message>
        <source>Pin to the top</source>
        <translation>固定到顶部</translation>
    </message>
    <message>
        <source>Hide</source>
        <translation>隐藏</translation>
    </message>
    <message>
        <source>Expand</source>
        <translation>展开</translation>
    </message>
    <message>
        <source>Collapse</source>
        <translation>折叠</translation>
    </message>
    <message numerus="yes">
        <source>Show %n hidden track(s)</source>
        <translation>
            <numerusform>显示 %n 条隐藏的轨道</numerusform>
        </translation>
    </message>
    <message>
        <source>Order as they started</source>
        <translation>按启动顺序排列</translation>
    </message>
</context>
<context>
    <name>Trouble</name>
    <message>
        <source>Lockstep ended unexpectedly last time. That was a fault of Lockstep.</source>
        <translation>Lockstep 上次意外退出。那是 Lockstep 的错误。</translation>
    </message>
    <message>
        <source>Copy the report</source>
        <translation>复制报告</translation>
    </message>
</context>
<context>
    <name>WaitGraph</name>
    <message>
        <source>and {count} more</source>
        <translation>另外 {count} 个</translation>
    </message>
    <message>
        <source>GIL</source>
        <translation>GIL</translation>
    </message>
    <message>
        <source>{who} waits for {what}, which {owner} has</source>
        <translation>{who} 在等 {what}，而它被 {owner} 持有</translation>
    </message>
    <message>
        <source>{who} waits for {what}</source>
        <translation>{who} 在等 {what}</translation>
    </message>
    <message>
        <source>; </source>
        <comment>between the clauses of a sentence</comment>
        <translation>；</translation>
    </message>
    <message>
        <source>{name} has waited {time}</source>
        <translation>{name} 已等待 {time}</translation>
    </message>
    <message>
        <source>Nobody waits for anybody at this moment.</source>
        <translation>此刻没有谁在等谁。</translation>
    </message>
    <message>
        <source>Who waits for whom appears here while a program runs.</source>
        <translation>程序运行时，这里显示谁在等谁。</translation>
    </message>
    <message>
        <source>Who waits for whom</source>
        <translation>谁在等谁</translation>
    </message>
</context>
<context>
    <name>WayLanes</name>
    <message>
        <source>{count} of {of}</source>
        <extracomment>Of one way at most this many rows are drawn; what is left out is said.</extracomment>
        <translation>{of} 条中的 {count} 条</translation>
    </message>
    <message>
        <source>Open this run: {way}</source>
        <translation>打开这次运行：{way}</translation>
    </message>
</context>
<context>
    <name>WelcomePage</name>
    <message>
        <source>See what threads, processes and coroutines really do</source>
        <translation>看看线程、进程和协程究竟在做什么</translation>
    </message>
    <message>
        <source>Choose a scenario on the left and run it, or open a Python script of your own. Scripts (.py) and recordings (.lockstep) can also be dropped anywhere on this window.</source>
        <translation>在左侧选择一个场景并运行，或打开你自己的 Python 脚本。也可以把脚本（.py）和记录（.lockstep）拖放到窗口的任意位置。</translation>
    </message>
    <message>
        <source>Open a script …</source>
        <translation>打开脚本…</translation>
    </message>
    <message>
        <source>Open a recording …</source>
        <translation>打开记录…</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>最近</translation>
    </message>
</context>
</TS>
